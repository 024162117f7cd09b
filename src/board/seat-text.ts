import { goalsText } from "../ui/goals.ts";
import { markdown } from "../ui/markdown.ts";
import { table } from "../ui/table.ts";
import { indent } from "../ui/text.ts";
import type { GoalView, TaskView, WorkView } from "./view.ts";

const columns = 80;

/** The exercises of the class, and how the student stands. */
export function tasksText(
  tasks: readonly Pick<TaskView, "exercise" | "title" | "points">[],
  works: readonly WorkView[],
): string {
  const rows = tasks.map(({ exercise, title, points: of }) => {
    const work = works.find((one) => one.exercise === exercise);
    const state = [work?.progress ?? "not started", ...(work?.phase ? [work.phase] : [])].join(", ");
    return [exercise, state, `${work?.points ?? 0} of ${of}`, title];
  });
  return rows.length === 0
    ? "The class has no exercises."
    : table([["exercise", "state", "points", "title"], ...rows]);
}

/** What a check has seen, as `labwright exercise check` prints it, and what it came to. */
export const checkText = (goals: readonly GoalView[], words: string): string =>
  [...(goals.length > 0 ? [goalsText(goals)] : []), words].join("\n");

/** The hints that were taken. */
export const hintsText = (hints: readonly string[]): string =>
  hints
    .map((hint, index) => `Hint ${index + 1}:\n${indent(markdown(hint, { width: columns - 4 }), "    ")}\n`)
    .join("");
