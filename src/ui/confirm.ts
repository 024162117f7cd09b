import { createInterface } from "node:readline/promises";
import { exitCode, LabwrightError } from "../errors.ts";
import { answerTo } from "./question.ts";
import { canAsk } from "./secret.ts";

export interface Question {
  /** Ends with a question mark. */
  question: string;
  /** Whether the person has answered on the command line. */
  yes: boolean | undefined;
  /** The error where there is no terminal to ask on. */
  cannot: { code: string; message: string; remedy?: string };
}

/** Asks a question on our terminal; only `yes` or `y` means yes. Throws `cannot` (exit code 2), or `interrupted` on Ctrl-C. */
export async function isConfirmed({ question, yes, cannot }: Question): Promise<boolean> {
  if (yes) return true;
  if (!canAsk())
    throw new LabwrightError({
      ...cannot,
      message: `${cannot.message}: there is no terminal`,
      remedy: cannot.remedy ?? "Run the command again with `--yes`.",
      exit: exitCode.usage,
    });
  const { stdin: input, stderr: output } = process;
  const answer = await answerTo(createInterface({ input, output }), `${question} [y/N] `, {
    message: "the question was not answered",
    remedy: "Run the command again.",
  });
  return /^y(es)?$/i.test(answer.trim());
}
