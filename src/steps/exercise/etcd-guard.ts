import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { guard, guardFolder } from "../../kubernetes/etcd.ts";
import { step } from "../step.ts";

/** What an etcd that is about to be tried out can be brought back by: its manifest, the API server's, and a snapshot. */
export const etcdGuard = step({
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
