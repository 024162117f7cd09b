import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import {
  keepLife,
  keptLog,
  logBegins,
  mend,
  restore,
  runningData,
  start,
  stop,
} from "../../kubernetes/etcd.ts";
import { jsonOf, kubectl, type List } from "../../kubernetes/kubectl.ts";
import { step } from "../step.ts";

interface KubeObject {
  kind: string;
  metadata: { name: string; creationTimestamp: string };
}

/** Prints when etcd's current data was created, in seconds since 1970: wherever on the machine that data is. */
const dataBorn = sh`${runningData} && stat -c %W "$data"/member`;

/** Data that was copied, or moved away and back, has the log that etcd had when the exercise was set up. */
function hasOldLog({ stdout }: Output): boolean {
  const [kept, now] = stdout.split("\n");
  return kept !== "" && kept === now;
}

const seconds = (timestamp: string): number => Date.parse(timestamp) / 1000;

/** Restored data is younger than the namespace in it; objects that are younger than the data were created again instead. */
export const etcdRestored = step({
  summary:
    "Expects etcd to work with data that was restored from a snapshot, with certain objects in a namespace.",
  params: z.strictObject({
    namespace: z.string().describe("A namespace that the restored data has."),
    objects: z
      .array(z.string().regex(/^[a-z]+\/[a-z0-9-]+$/, "`kind/name` is expected, such as configmap/ledger"))
      .min(1)
      .describe("Objects that must be in the namespace, as `configmap/name`."),
    snapshot: z.string().describe("The file of the snapshot."),
  }),
  example: { namespace: "ledger", objects: ["configmap/accounts"], snapshot: "/root/etcd-snapshot.db" },

  probe: ({ namespace, objects }) => ({
    born: dataBorn,
    // The recorded and the current value: one line each.
    log: sh`cat ${keptLog} && ${logBegins}`,
    namespace: kubectl(sh`get namespace ${namespace} --ignore-not-found -o json`),
    objects: kubectl(sh`-n ${namespace} get ${objects} --ignore-not-found -o json`),
  }),

  check: (facts, { namespace, objects }) => {
    if (facts.born.code !== 0) return ["etcd does not run"];
    if (facts.namespace.code !== 0) return ["the API server does not answer"];
    const space = jsonOf<KubeObject>(facts.namespace);
    if (!space) return [`the namespace ${namespace} is not there`];
    const single = jsonOf<KubeObject & Partial<List<KubeObject>>>(facts.objects);
    const present = [space, ...(single?.items ?? (single ? [single] : []))];
    const isThere = (wanted: string): boolean =>
      present.some(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}` === wanted);
    const missing = objects.filter((wanted) => !isThere(wanted));
    const born = Number(facts.born.stdout);
    if (born < seconds(space.metadata.creationTimestamp) && missing.length === 0)
      return [
        `etcd works with data that is older than the namespace ${namespace}: nothing has been restored`,
      ];
    if (missing.length === 0 && hasOldLog(facts.log))
      return ["etcd continues its earlier log: its data comes from a copy, not from a snapshot"];
    return [
      ...missing.map((wanted) => `${wanted} is not there in the namespace ${namespace}`),
      ...present
        .filter(({ metadata }) => seconds(metadata.creationTimestamp) > born)
        .map(({ kind, metadata }) => `the ${kind} ${metadata.name} was created again instead of restored`),
    ];
  },

  apply: async (host, { namespace, snapshot }, { note }) => {
    note(`deleting the namespace ${namespace}`);
    await host.run(kubectl(sh`delete namespace ${namespace} --ignore-not-found --timeout=60s`));
    note("stopping etcd and the API server");
    await host.run(stop);
    note("restoring the snapshot");
    try {
      await host.run(restore(snapshot));
    } finally {
      // If the snapshot cannot be restored, etcd's data is unchanged, and the cluster must not stay down.
      note("starting etcd and the API server");
      await host.run(start);
    }
    await host.run(keepLife);
  },

  undo: async (host) => {
    await host.run(mend);
  },

  patience: { seconds: 60, for: "the API server to answer" },
});
