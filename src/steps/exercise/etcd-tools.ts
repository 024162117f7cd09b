import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { step } from "../step.ts";

const programs = [nodeProgram("etcdctl"), nodeProgram("etcdutl")];

export const etcdTools = step({
  summary:
    "Copies etcdctl and etcdutl from the image that etcd runs from to the control plane, so that their releases agree.",
  params: z.strictObject({}),

  probe: () => ({ present: sh`ls ${programs}` }),

  check: (facts) =>
    programs
      .filter((program) => !facts.present.stdout.split("\n").includes(program))
      .map((program) => `${program} is missing`),

  apply: async (host) => {
    await host.run(backUp("etcd-tools", { fresh: programs }));
    await host.run(sh`
      etcd=$(pidof -s etcd) || { echo "etcd does not run on this machine" >&2; exit 1; }
      for program in ${programs}; do
        [ -x "$program" ] && continue
        cp "/proc/$etcd/root$program" "$program.new" && mv "$program.new" "$program" || exit 1
      done`);
  },

  undo: async (host, _, context) => {
    await restore(host, context, "etcd-tools");
  },
});
