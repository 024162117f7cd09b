import { createInterface } from "node:readline/promises";
import { answerTo } from "./question.ts";

/** Asks a question on our terminal; only `yes` or `y` means yes. Throws `interrupted` on Ctrl-C. */
export async function askYes(question: string): Promise<boolean> {
  const { stdin: input, stderr: output } = process;
  const answer = await answerTo(createInterface({ input, output }), `${question} [y/N] `, {
    message: "the question was not answered",
    remedy: "Run the command again.",
  });
  return /^y(es)?$/i.test(answer.trim());
}
