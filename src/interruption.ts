import { exitCode, LabwrightError } from "./errors.ts";

/** A request to stop: not a failure, and never a defect. */
export const interrupted = (
  message = "interrupted",
  remedy = "Run the same command again to go on.",
  cause?: unknown,
): LabwrightError =>
  new LabwrightError({ code: "interrupted", message, remedy, cause, exit: exitCode.interrupted });

/**
 * The interruption that an error is, or was caused by. Node's own functions throw an AbortError with the signal's reason as its
 * cause, and programs that were ended for an interruption end with other errors.
 */
export function interruptionIn(error: unknown): LabwrightError | undefined {
  const seen = new Set<unknown>();
  for (let one = error; one instanceof Error && !seen.has(one); one = one.cause) {
    seen.add(one);
    if (one instanceof LabwrightError && one.code === "interrupted") return one;
    if (one.name === "AbortError" && one.cause === undefined) return interrupted();
  }
  return undefined;
}

/** Throws the interruption if the signal was given: the boundary between two tasks. */
export function assertNotInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruptionIn(signal.reason) ?? interrupted();
}

/** The result of `reading`, or the interruption, at once: an observation that changes nothing may be abandoned. */
export async function unlessInterrupted<T>(signal: AbortSignal, reading: Promise<T>): Promise<T> {
  const stop = Promise.withResolvers<never>();
  const give = () => stop.reject(interruptionIn(signal.reason) ?? interrupted());
  if (signal.aborted) give();
  signal.addEventListener("abort", give, { once: true });
  try {
    return await Promise.race([reading, stop.promise]);
  } finally {
    signal.removeEventListener("abort", give);
  }
}
