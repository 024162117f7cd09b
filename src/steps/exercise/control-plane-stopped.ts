import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { askBegin, endOutage, forgetOutage, stopForOutage } from "../../kubernetes/outage.ts";
import { isControlPlane } from "../../lab/roles.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { step } from "../step.ts";

const owner = "control-plane-stopped";
const components = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** With fewer, the others have no majority in etcd. */
const fewest = 3;

export const controlPlaneStopped = step({
  summary:
    "Stops one of at least three control planes as if its machine had failed, for an exercise; undoing starts it again.",
  params: z.strictObject({}),

  probe: () => ({ began: askBegin }),

  check: ({ began }, _, { machine }) =>
    began.code === 0 ? [] : [`the control plane ${machine.name} has not been stopped`],

  refuse: (_facts, _params, { lab }) =>
    lab.machines.filter(isControlPlane).length < fewest ? tooFew(lab.name) : undefined,

  apply: async (host, _, { note }) => {
    const files = components.map((name) => `/etc/kubernetes/manifests/${name}.yaml`);
    await host.run(backUp(owner, { files }));
    note("stopping the control plane");
    await host.run(stopForOutage);
  },

  undo: async (host, _, context) => {
    await restore(host, context, owner);
    context.note("starting the control plane");
    await host.run(endOutage);
    await host.run(forgetOutage);
  },
});

const tooFew = (lab: string): LabwrightError =>
  new LabwrightError({
    code: "too-few-control-planes",
    message: `the lab ${lab} has fewer than ${fewest} control planes, and without one of them etcd has no majority`,
    remedy: `Use a lab with ${fewest} control planes for it.`,
  });
