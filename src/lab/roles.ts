import { LabwrightError } from "../errors.ts";
import type { Lab, Machine } from "./types.ts";

export const isNode = ({ role }: Machine): boolean => role === "control-plane" || role === "worker";

export const isControlPlane = ({ role }: Machine): boolean => role === "control-plane";

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
