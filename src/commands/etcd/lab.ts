import { LabwrightError } from "../../errors.ts";
import { unlessInterrupted } from "../../interruption.ts";
import { controlPlaneOf, isControlPlane } from "../../lab/roles.ts";
import type { Session } from "../../session/session.ts";

/** Throws `machine-absent` if no control plane of the lab runs: before anything is written. */
export async function assertLabExists({ lab, provider, signal }: Session): Promise<void> {
  controlPlaneOf(lab);
  const found = await unlessInterrupted(signal, provider.list());
  const running = new Set(found.flatMap(({ name, running }) => (running ? [name] : [])));
  if (lab.machines.some((machine) => isControlPlane(machine) && running.has(machine.name))) return;
  throw new LabwrightError({
    code: "machine-absent",
    message: `no control plane of the lab ${lab.name} is running`,
    remedy: "Run `labwright up`.",
  });
}
