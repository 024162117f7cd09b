import { LabwrightError, messageOf } from "../../errors.ts";

/** What `plan` shows for a machine that has never been started: it holds no work of a person. */
export const neverStartedWords = "has never been started, and will be created again";

/**
 * A machine that has run does not start. Its data matters, so it is not changed, whatever the reason; `what` is
 * the provider's own name for it.
 */
export function startFailed(machine: string, what: string, error: unknown): LabwrightError {
  const output = error instanceof LabwrightError ? error.output : undefined;
  const [said] = (output ?? messageOf(error)).split("\n").filter((line) => line.trim() !== "");
  return new LabwrightError({
    code: "machine-start-failed",
    message: `could not start ${machine} (${what}): ${said?.trim() ?? messageOf(error)}`,
    remedy: recreateRemedy(machine, "Remove that cause, then run `labwright up` again"),
    ...(output !== undefined && { output }),
    cause: error,
  });
}

/** The two remedies: repair the machine as `first` says, or delete it. */
export const recreateRemedy = (machine: string, first: string): string =>
  `${first}. To delete the machine with everything on it and create a new one, run \`labwright up --recreate ${machine}\`.`;
