import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { giveBack, remember } from "../../linux/before.ts";
import { step } from "../step.ts";

const programs = [nodeProgram("etcdctl"), nodeProgram("etcdutl")];

/** etcdctl and etcdutl on the control plane, out of the very image that its etcd runs from, so that the releases agree. */
export const etcdTools = step({
  params: z.strictObject({}),

  probe: () => ({ present: sh`ls ${programs}` }),

  check: (facts) =>
    programs
      .filter((program) => !facts.present.stdout.split("\n").includes(program))
      .map((program) => `${program} is missing`),

  apply: async (host) => {
    await host.run(remember("etcd-tools", { fresh: programs }));
    await host.run(sh`
      etcd=$(pidof -s etcd) || { echo "etcd does not run on this machine" >&2; exit 1; }
      for program in ${programs}; do
        [ -x "$program" ] && continue
        cp "/proc/$etcd/root$program" "$program.new" && mv "$program.new" "$program" || exit 1
      done`);
  },

  undo: async (host, _, site) => {
    await giveBack(host, site, "etcd-tools");
  },
});
