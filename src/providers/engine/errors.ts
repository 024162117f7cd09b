import { LabwrightError } from "../../errors.ts";

/** `engine` is its name with an article or the like before it: `the Docker engine`. */
export const engineGone = (engine: string, cause: LabwrightError): LabwrightError =>
  new LabwrightError({
    code: "engine-gone",
    message: `${engine} does not answer any more`,
    remedy:
      "see that it runs (`labwright doctor` tells), and run the command again: it goes on from what is there",
    cause,
    ...(cause.output !== undefined && { output: cause.output }),
  });

/** Something that is not ours has a name that a lab needs; `place` is where: `this engine`. */
export const nameTaken = (kind: string, name: string, place: string): LabwrightError =>
  new LabwrightError({
    code: "name-taken",
    message: `there is a ${kind} "${name}" on ${place} already, and it is not labwright's`,
    remedy: "rename it or remove it, or give the lab another name; labwright leaves it alone",
  });
