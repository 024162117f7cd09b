import { createInterface } from "node:readline/promises";
import { exitCode, LabwrightError } from "../errors.ts";

/** Asks a question on our terminal that only `yes` or `y` answers with yes. Throws `interrupted` on Ctrl-C. */
export async function askYes(question: string): Promise<boolean> {
  const { stdin: input, stderr: output } = process;
  const lines = createInterface({ input, output });
  const stop = new AbortController();
  lines.once("SIGINT", () => stop.abort());
  lines.once("close", () => stop.abort());
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal: stop.signal })).trim());
  } catch {
    throw new LabwrightError({
      code: "interrupted",
      message: "the question was not answered",
      remedy: "Run the command again.",
      exit: exitCode.interrupted,
    });
  } finally {
    lines.close();
  }
}
