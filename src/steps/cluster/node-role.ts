import { z } from "zod";
import type { CheckContext, Facts } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { movingAddress } from "../../kubernetes/api-address.ts";
import { markOf } from "../../kubernetes/kubeadm.ts";
import { adminConf } from "../../kubernetes/kubectl.ts";
import { apiPort } from "../../lab/ports.ts";
import { apiMachineOf, isControlPlane, isNode } from "../../lab/roles.ts";
import { step } from "../step.ts";

/** Asks the machine itself only, so that a refusal comes before any machine is created or removed. */
export const nodeRole = step({
  summary:
    "Expects a machine that is a node to keep its role, and a cluster to keep the address of its API server: neither can change in place.",
  params: z.strictObject({}),

  probe: () => ({
    controlPlane: sh`test -e ${markOf("init")}`,
    worker: sh`test -e ${markOf("join")}`,
    server: sh`sed -n 's|^ *server: https://||p' ${adminConf}`,
  }),

  check: (facts, _, context) => [...roleDifferences(facts, context), ...endpointDifferences(facts, context)],

  refuse: (facts, _, context) => {
    const { machine, lab } = context;
    const [role] = roleDifferences(facts, context);
    if (role !== undefined)
      return new LabwrightError({
        code: "role-changed",
        message: `${machine.name}: ${role}`,
        remedy: `Delete ${machine.name} from the lab file and run \`labwright up\`; then add it with its new role.`,
      });
    const [endpoint] = endpointDifferences(facts, context);
    if (endpoint === undefined) return undefined;
    return new LabwrightError({
      code: "endpoint-changed",
      message: `cannot move the API server of the lab ${lab.name}: ${endpoint}`,
      remedy:
        "Run `labwright down`, then `labwright up`; or give the lab file the load balancer, the `controlPlaneEndpoint` or the one control plane that it had.",
    });
  },
});

function roleDifferences(
  { controlPlane, worker }: Facts<"controlPlane" | "worker">,
  { machine }: CheckContext,
): string[] {
  if (controlPlane.code === 0 && !isControlPlane(machine))
    return [`the machine is a control plane of the cluster, and a ${machine.role} in the lab file`];
  if (controlPlane.code !== 0 && worker.code === 0 && isControlPlane(machine))
    return ["the machine is a worker of the cluster, and a control plane in the lab file"];
  return [];
}

/** The address of the API server is in the certificates and kubeconfigs of all nodes. */
function endpointDifferences(
  { controlPlane, server }: Facts<"controlPlane" | "server">,
  context: CheckContext,
): string[] {
  const { lab, addresses, machine } = context;
  const present = server.stdout.trim();
  if (controlPlane.code !== 0 || present === "" || !isControlPlane(machine)) return [];
  const moving = movingAddress(context);
  const name = moving === undefined ? apiMachineOf(lab) : "controlPlaneEndpoint";
  const address = moving ?? addresses.get(name);
  // A load balancer that does not exist now may be the one that the cluster had, unless the address is a node's.
  const nodes = lab.machines.filter(isNode).map((one) => `${addresses.get(one.name)}:${apiPort}`);
  const isRight = address === undefined ? !nodes.includes(present) : present === `${address}:${apiPort}`;
  return isRight
    ? []
    : [
        `its nodes reach it at ${present}, and the lab file puts it at ${address ?? "the new machine"} (${name})`,
      ];
}
