import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { tell } from "./print.ts";
import { answerTo } from "./question.ts";

/** Asks a person on our terminal for something that is not shown as it is typed. Ctrl-C throws `interrupted`. */
export async function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // readline edits the line and echoes it to nowhere.
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nothing, terminal: true });
  tell(question, stderr);
  try {
    return await answerTo(lines, "", {
      message: "no password was typed",
      remedy: "Run the command again.",
    });
  } finally {
    stderr.write("\n");
  }
}

/** Whether there is a person on a terminal to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;
