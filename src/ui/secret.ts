import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { exitCode, LabwrightError } from "../errors.ts";
import { tell } from "./print.ts";

/** Asks a person on our terminal for something that is not shown as it is typed. Ctrl-C throws `interrupted`. */
export async function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // readline edits the line and echoes it into nothing.
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nothing, terminal: true });
  const stop = new AbortController();
  lines.once("SIGINT", () => stop.abort());
  lines.once("close", () => stop.abort());
  tell(question, stderr);
  try {
    return await lines.question("", { signal: stop.signal });
  } catch {
    throw new LabwrightError({
      code: "interrupted",
      message: "no password was typed",
      remedy: "run the same command again",
      exit: exitCode.interrupted,
    });
  } finally {
    stderr.write("\n");
    lines.close();
  }
}

/** Whether there is a person on a terminal who can be asked. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;
