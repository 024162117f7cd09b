import type { Work } from "../class/work.ts";
import type { HistoryEntry } from "../exercises/history.ts";
import type { Message } from "./kept.ts";
import type { TimelineEntry } from "./view.ts";

/** What is older is not shown; nor is the end of a long message, in characters. */
const [most, longest] = [200, 200];

/** What is known of a student, in words, the latest first. Pure. */
export function timelineOf(works: readonly Work[], messages: readonly Message[]): TimelineEntry[] {
  const entries = works.flatMap(({ grade: { exercise }, history = [] }) =>
    history.map((entry) => ({ at: entry.at, exercise, words: wordsOf(entry) })),
  );
  const sent = messages.map(({ at, text }) => ({
    at,
    words: `message: ${text.length > longest ? `${text.slice(0, longest)} …` : text}`,
  }));
  return [...entries, ...sent].sort((one, other) => other.at.localeCompare(one.at)).slice(0, most);
}

function wordsOf(entry: HistoryEntry): string {
  switch (entry.what) {
    case "started":
      return "started";
    case "hint":
      return `hint ${entry.hint} taken`;
    case "extended":
      return `time extended by ${entry.seconds / 60} min`;
    case "solved":
      return "solved by labwright";
    case "reset":
      return "reset";
    case "restored":
      return "returned to what it was in a snapshot";
    case "check": {
      const { passed, background, right, goals, points } = entry;
      const seen = passed ? `passed, ${points} points` : `${right} of ${goals} right`;
      return background ? `${seen}, as a background check saw` : `check: ${seen}`;
    }
  }
}
