import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { guard, guardFolder } from "../../kubernetes/etcd.ts";
import { isControlPlane } from "../../lab/roles.ts";
import { step } from "../step.ts";

export const etcdGuard = step({
  summary:
    "Keeps etcd's manifest, the API server's manifest and a snapshot, so that `reset` can restore a broken etcd.",
  params: z.strictObject({}),

  probe: () => ({ kept: sh`test -d ${guardFolder}` }),

  check: (facts) => (facts.kept.code === 0 ? [] : ["etcd's manifest and data have not been kept"]),

  refuse: (_facts, _params, { lab }) =>
    lab.machines.filter(isControlPlane).length > 1 ? severalMembers(lab.name) : undefined,

  apply: async (host) => {
    await host.run(guard);
  },

  undo: async (host) => {
    await host.run(sh`rm -rf ${[guardFolder, `${guardFolder}.new`]}`);
  },
});

/** A snapshot restored on one member makes a second cluster beside the others. */
const severalMembers = (lab: string): LabwrightError =>
  new LabwrightError({
    code: "several-members",
    message: `the lab ${lab} has several control planes, and this exercise restores etcd on one`,
    remedy: "Use a lab with one control plane for it.",
  });
