import type { FailureShape } from "../activity/activity.ts";
import { indent, oneLine, type Paint } from "./text.ts";
import { visible } from "./visible.ts";

/** The last lines of an output are the useful ones; a compiler's thousand lines before them bury the message. */
const outputLines = 60;

/**
 * A failure for every reader: the message, the reason in one line, the remedy, and the end of
 * the failing command's own output. Lines without a final newline.
 */
export function failureText(failure: FailureShape, paint: Paint, causes: readonly string[] = []): string {
  return [
    headText({ message: failure.message, causes }, paint),
    `${paint("bold", "what to do:")} ${visible(failure.remedy)}`,
    ...outputText(failure.output ?? "").map((line) => paint("dim", indent(line, "| "))),
  ].join("\n");
}

function outputText(output: string): string[] {
  const text = visible(output).trimEnd();
  if (text === "") return [];
  const lines = text.split("\n");
  const left = lines.length - outputLines;
  return left > 0 ? [`… ${left} lines before these (--json has them all)`, ...lines.slice(left)] : lines;
}

/** What happened, and why in one line. */
export const headText = (
  { message, causes }: { message: string; causes: readonly string[] },
  paint: Paint,
): string =>
  [
    paint("red", visible(message)),
    ...(causes.length > 0 ? [paint("dim", `because: ${causes.map(oneLine).join(" ← ")}`)] : []),
  ].join("\n");
