import { exitCode, LabwrightError } from "../errors.ts";
import { labNameFlaw } from "./names.ts";

/** Throws `lab-name` (exit code 2) if a name is not valid for a lab; `where` says where it comes from. */
export function assertLabName(name: string, where = ""): void {
  const flaw = labNameFlaw(name);
  if (!flaw) return;
  const { message, remedy } = flaw;
  throw new LabwrightError({
    code: "lab-name",
    message: `${where}${message}`,
    remedy,
    exit: exitCode.usage,
  });
}
