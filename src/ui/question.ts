import type { Interface } from "node:readline/promises";
import { exitCode, LabwrightError } from "../errors.ts";

/** The answer to a question that readline shows; closes readline. Ctrl-C and the end of input throw `interrupted`. */
export async function answerTo(
  lines: Interface,
  question: string,
  unanswered: Pick<LabwrightError, "message" | "remedy">,
): Promise<string> {
  const stop = new AbortController();
  lines.once("SIGINT", () => stop.abort());
  lines.once("close", () => stop.abort());
  try {
    return await lines.question(question, { signal: stop.signal });
  } catch {
    throw new LabwrightError({ code: "interrupted", ...unanswered, exit: exitCode.interrupted });
  } finally {
    lines.close();
  }
}
