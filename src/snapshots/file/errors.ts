import { exitCode, LabwrightError } from "../../errors.ts";

/** A file of a snapshot that is not what was written. */
export const damaged = (file: string, why: string, cause?: unknown): LabwrightError =>
  new LabwrightError({
    code: "snapshot-file-damaged",
    message: `the snapshot in ${file} is damaged: ${why}`,
    remedy: "Copy the file again from where it was exported, or export the snapshot again.",
    cause,
  });

export const missing = (file: string): LabwrightError => unusable(`there is no file ${file}`);

export const notSnapshot = (file: string, cause?: unknown): LabwrightError =>
  unusable(`${file} does not hold a snapshot of a lab`, cause);

const unusable = (message: string, cause?: unknown): LabwrightError =>
  new LabwrightError({
    ...{ code: "not-a-snapshot", message },
    remedy: "Name a file that `labwright snapshot export NAME FILE` has written.",
    cause,
    exit: exitCode.usage,
  });
