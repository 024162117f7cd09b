import { exitCode, LabwrightError } from "../errors.ts";
import { choose } from "../lab/nearest.ts";
import type { Lab } from "../lab/types.ts";
import type { Provider } from "../providers/types.ts";

export interface RecreateOptions {
  /** Machines that are to be deleted with everything on them, and created again. */
  recreate?: readonly string[];
}

/** The machines that the options name. Throws (exit code 2) if the lab has no such machine, or cannot create it again. */
export function recreated(
  { recreate = [] }: RecreateOptions,
  lab: Pick<Lab, "name" | "machines">,
  { machinesStay }: Pick<Provider, "machinesStay">,
): readonly string[] {
  const known = lab.machines.map(({ name }) => name);
  for (const name of recreate)
    if (!known.includes(name))
      throw new LabwrightError({
        code: "machine-absent",
        message: `cannot create "${name}" again: the lab ${lab.name} has no such machine`,
        remedy: `For --recreate: ${choose(name, known)}.`,
        exit: exitCode.usage,
      });
  if (recreate.length > 0 && machinesStay)
    throw new LabwrightError({
      code: "machine-not-ours",
      message: `cannot create ${recreate.join(", ")} again: hosts of the provider "ssh" belong to their owner`,
      remedy: "Run `labwright down` to give the hosts back, or install the host again yourself.",
      exit: exitCode.usage,
    });
  return recreate;
}
