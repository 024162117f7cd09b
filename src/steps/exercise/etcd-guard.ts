import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { guard, guardFolder } from "../../kubernetes/etcd.ts";
import { step } from "../step.ts";

export const etcdGuard = step({
  summary:
    "Keeps etcd's manifest, the API server's manifest and a snapshot, so that `reset` can restore a broken etcd.",
  params: z.strictObject({}),

  probe: () => ({ kept: sh`test -d ${guardFolder}` }),

  check: (facts) => (facts.kept.code === 0 ? [] : ["etcd's manifest and data have not been kept"]),

  apply: async (host) => {
    await host.run(guard);
  },

  undo: async (host) => {
    await host.run(sh`rm -rf ${[guardFolder, `${guardFolder}.new`]}`);
  },
});
