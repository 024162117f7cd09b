import { LabwrightError } from "../../errors.ts";

/** `engine` is its name with an article or the like before it: `the Docker engine`. */
export const engineGone = (engine: string, cause: LabwrightError): LabwrightError =>
  new LabwrightError({
    code: "engine-gone",
    message: `${engine} no longer answers`,
    remedy:
      "Check that it is running (`labwright doctor` reports it), then run the command again: it continues with the machines that exist.",
    cause,
    ...(cause.output !== undefined && { output: cause.output }),
  });

/** A name that a lab needs is used by something that is not ours; `place` says where: `this engine`. */
export const nameTaken = (kind: string, name: string, place: string): LabwrightError =>
  new LabwrightError({
    code: "name-taken",
    message: `${place} already has a ${kind} "${name}" that labwright did not create`,
    remedy: "Rename or remove it, or give the lab another name.",
  });
