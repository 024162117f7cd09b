import { indent, noPaint, oneLine, type Paint } from "./text.ts";
import { visible } from "./visible.ts";

/** What a check has seen of a goal on a machine. */
export interface GoalText {
  machine: string;
  title: string;
  verdict: "right" | "wrong" | "unreachable";
  words: readonly string[];
}

const marks = { right: "✔", wrong: "✘", unreachable: "?" } as const;
const colours = { right: "green", wrong: "red", unreachable: "yellow" } as const;

/** Each goal with its machine; below it what was observed and expected. */
export const goalsText = (goals: readonly GoalText[], paint: Paint = noPaint): string =>
  goals
    .flatMap(({ machine, title, verdict, words }) => [
      `${paint(colours[verdict], marks[verdict])} ${machine}: ${oneLine(title)}${verdict === "unreachable" ? " (could not be asked)" : ""}`,
      ...words.map((one) => `    ${indent(visible(one), "    ").trimStart()}`),
    ])
    .join("\n");
