import { LabwrightError } from "../errors.ts";
import { isRootThere } from "./accounts.ts";
import type { Lab, Machine } from "./types.ts";

export const isNode = ({ role }: Pick<Machine, "role">): boolean =>
  role === "control-plane" || role === "worker";

export const isControlPlane = ({ role }: Pick<Machine, "role">): boolean => role === "control-plane";

export const isLoadBalancer = ({ role }: Machine): boolean => role === "load-balancer";

/** Whether a machine is a part of the cluster: a node, or what leads to the nodes. */
export const isOfCluster = (machine: Machine): boolean => isNode(machine) || isLoadBalancer(machine);

/** Whether the API server is reached at a machine. */
export const servesApi = (machine: Machine): boolean => isControlPlane(machine) || isLoadBalancer(machine);

/** Orders machines for `sort`: control planes, then the others. */
export const controlPlanesFirst = (a: Pick<Machine, "role">, b: Pick<Machine, "role">): number =>
  Number(isControlPlane(b)) - Number(isControlPlane(a));

/** The names of a lab's control planes but one. */
export const otherControlPlanes = ({ machines }: Pick<Lab, "machines">, name: string): string[] =>
  machines.filter((one) => isControlPlane(one) && one.name !== name).map((one) => one.name);

/** The machines that are Kubernetes nodes. */
export const nodesOf = (lab: Lab): Machine[] => lab.machines.filter(isNode);

/** Whether pods run on workers; without any, they run on control planes. */
export const hasWorkers = ({ machines }: Lab): boolean => machines.some(({ role }) => role === "worker");

/** Whether the API server is reached at an address that does not belong to one control plane, so that there may be several. */
export const hasEndpoint = ({ machines, cluster }: Lab): boolean =>
  machines.some(isLoadBalancer) || cluster.controlPlaneEndpoint !== undefined;

/** The name of the machine at which the API server is reached, unless its address moves: the load balancer, or else the control plane. */
export const apiMachineOf = (lab: Lab): string =>
  lab.machines.find(isLoadBalancer)?.name ?? controlPlaneOf(lab);

/** The name of the machine on which commands for the cluster run: the first control plane. */
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
