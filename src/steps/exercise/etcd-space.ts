import { z } from "zod";
import type { Facts } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import { etcdStatusIn } from "../../kubernetes/etcd-backup.ts";
import { etcdSpaceQuestions, makeRoom } from "../../kubernetes/etcd-quota.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { step } from "../step.ts";

/** A kubelet renews its node's lease every 10 s. */
const longestSilence = 30;

/** For how many seconds nothing was written; NaN if that is unknown. */
const silence = ({ written, clock }: Facts<"written" | "clock">): number =>
  Number(clock.stdout) - Date.parse(written.stdout) / 1000;

const mebibyte = 1_048_576;

const inMebibytes = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`;

export const etcdSpace = step({
  summary:
    "Expects etcd to have free space below the quota that `etcd-quota` gave it, no alarm, and the API server to write into it.",
  params: z.strictObject({
    free: z.int().min(1).describe("How many MiB of the quota its database must leave free."),
  }),
  example: { free: 16 },

  probe: (_, { machine }) => ({
    ...etcdSpaceQuestions,
    // When the machine's kubelet last wrote into the cluster, and the present time.
    written: kubectl(sh`-n kube-node-lease get lease ${machine.name} -o ${"jsonpath={.spec.renewTime}"}`),
    clock: sh`date +%s`,
  }),

  check: (facts, { free }) => {
    const status = etcdStatusIn(facts.status);
    if (!status) return ["etcd does not answer"];
    const given = Number(facts.quota.stdout);
    const { quota = 0, size, errors } = status;
    return [
      ...(quota === given
        ? []
        : [`etcd's quota is ${inMebibytes(quota)}, not ${inMebibytes(given)} as at the start`]),
      ...(size + free * mebibyte <= given
        ? []
        : [`etcd's database takes ${inMebibytes(size)}, and its quota was ${inMebibytes(given)}`]),
      ...(errors.some((error) => error.includes("NOSPACE")) ? ["etcd has the alarm NOSPACE"] : []),
      ...(silence(facts) <= longestSilence ? [] : ["nothing can be written into the cluster"]),
    ];
  },

  apply: async (host) => {
    await host.run(makeRoom);
  },

  patience: { seconds: 60, for: "the API server to write" },
});
