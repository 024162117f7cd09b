import { LabwrightError, messageOf } from "../../errors.ts";

/** What `plan` says of a machine that has never been started: nothing that a person did can be on it. */
export const neverStartedWords = "has never been started, and will be created again";

/**
 * A machine that has run does not start. What is on it counts, so it is left as it is, whatever the reason; `what` is
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

/** The two ways on: mend the machine as `first` says, or give it up. */
export const recreateRemedy = (machine: string, first: string): string =>
  `${first}. To delete the machine with everything on it and create a new one, run \`labwright up --recreate ${machine}\`.`;
