import { LabwrightError } from "../errors.ts";
import { isRootThere } from "./accounts.ts";
import type { Lab, Machine } from "./types.ts";

export const isNode = ({ role }: Pick<Machine, "role">): boolean =>
  role === "control-plane" || role === "worker";

export const isControlPlane = ({ role }: Pick<Machine, "role">): boolean => role === "control-plane";

/** The machines that are Kubernetes nodes. */
export const nodesOf = (lab: Lab): Machine[] => lab.machines.filter(isNode);

/** The name of the control plane's machine. */
export function controlPlaneOf(lab: Lab): string {
  const machine = lab.machines.find(isControlPlane);
  if (machine) return machine.name;
  throw new LabwrightError({
    code: "no-control-plane",
    message: `the lab ${lab.name} has no control plane`,
    remedy: "add a machine with `role: control-plane` to the lab file",
  });
}

/**
 * The machines that plays, places and attempts name with `on`: a machine by its name, a role, `all` for those on which
 * labwright can be root, `software=NAME` for those that have it. Commands for the cluster run on one control plane, so
 * `control-plane` is the first one, and `control-planes` are all.
 */
export function machinesOn({ machines }: Pick<Lab, "machines">, on: readonly string[]): Machine[] {
  const first = machines.find(isControlPlane);
  const rolesOf = (machine: Machine): string[] => {
    if (!isControlPlane(machine)) return [machine.role];
    return machine === first ? ["control-plane", "control-planes"] : ["control-planes"];
  };
  return machines.filter((machine) =>
    [
      machine.name,
      ...rolesOf(machine),
      ...(isRootThere(machine) ? ["all"] : []),
      ...(machine.software ?? []).map((one) => `software=${one}`),
    ].some((name) => on.includes(name)),
  );
}
