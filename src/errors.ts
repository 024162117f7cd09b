import { sentence } from "./wording.ts";

/** Exit codes of every command, as the documentation promises them. */
export const exitCode = { done: 0, failed: 1, usage: 2, changes: 3, interrupted: 130 } as const;

export interface ErrorDetails {
  /** A stable word for programs, in kebab case: `engine-missing`. */
  code: string;
  /** What failed, in which place, with the observed value. */
  message: string;
  /** What the reader can do about it, with the command to run. Becomes a sentence if it is not one. */
  remedy: string;
  cause?: unknown;
  /** The output of the failed command; printed once, below the message. */
  output?: string;
  exit?: number;
}

/** The one error that commands print: what failed, and what to do about it. */
export class LabwrightError extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly output: string | undefined;
  readonly exit: number;

  constructor({ code, message, remedy, cause, output, exit = exitCode.failed }: ErrorDetails) {
    super(message, { cause });
    this.name = "LabwrightError";
    this.code = code;
    this.remedy = sentence(remedy);
    this.output = output;
    this.exit = exit;
  }
}

/** The message of any thrown value. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** Whether an error of Node's has one of these codes: `ENOENT`. */
export const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));
