import { dirname } from "node:path/posix";
import { z } from "zod";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { etcdctl } from "../../kubernetes/etcd.ts";
import { jsonOf } from "../../kubernetes/kubectl.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { step } from "../step.ts";

/** The fields of `etcdutl snapshot status -w json` that are read. */
interface Status {
  hash: number;
  revision: number;
  totalKey: number;
}

interface EtcdReply {
  kvs?: { create_revision: number }[];
}

const path = z.string().regex(/^(\/[a-z0-9][a-z0-9.-]*)+$/, "an absolute path in lower case is expected");

export const etcdSnapshot = step({
  summary:
    "Expects a verified snapshot of etcd in a file that only root can read, with the result of the verification beside it.",
  params: z.strictObject({
    file: path.describe("The file of the snapshot."),
    status: path.describe(
      "The file with the snapshot's status, as `etcdutl snapshot status -w json` prints it.",
    ),
    namespace: z.string().describe("A namespace that must be in the snapshot."),
  }),
  example: { file: "/root/etcd-snapshot.db", status: "/root/etcd-snapshot.json", namespace: "ledger" },

  probe: ({ file, status, namespace }) => ({
    mode: sh`stat -c '%U %a' ${file}`,
    status: sh`${nodeProgram("etcdutl")} snapshot status ${file} -w json 2>&1`,
    sealed: isSealed(file),
    kept: sh`cat ${status}`,
    // etcd itself is asked: it answers also while the API server does not.
    made: etcdctl(sh`get ${`/registry/namespaces/${namespace}`} -w json`),
  }),

  check: (facts, { file, status, namespace }) => {
    if (facts.mode.code !== 0) return [`there is no file ${file}`];
    const real = jsonOf<Status>(facts.status);
    const mode = facts.mode.stdout.trim();
    return [
      ...(mode === "root 600" ? [] : [`${file} has owner and mode ${mode}, not root 600`]),
      ...(real ? [] : [`${file} is not a snapshot of etcd: etcdutl says "${lastLine(facts.status)}"`]),
      ...(real && facts.sealed.code !== 0
        ? [`${file} does not end in the hash of a snapshot: it is a copy of etcd's own file`]
        : []),
      ...(real && real.revision < (jsonOf<EtcdReply>(facts.made)?.kvs?.[0]?.create_revision ?? 0)
        ? [`the namespace ${namespace} is younger than ${file}, and so not in it`]
        : []),
      ...(real ? keptDifference(facts.kept, status, real) : []),
    ];
  },

  apply: async (host, { file, status }) => {
    await host.run(sh`mkdir -p ${[dirname(file), dirname(status)]} && umask 077 && rm -f ${file} &&
      ${etcdctl(sh`snapshot save ${file}`)} && ${nodeProgram("etcdutl")} snapshot status ${file} -w json >${status}`);
  },

  places: ({ file, status }) => [file, status].map((name) => ({ kind: "file", name })),

  undo: async (host, { file, status }) => {
    await host.run(sh`rm -f ${[file, `${file}.part`, status]}`);
  },
});

/** etcd sends the SHA-256 of a snapshot after it, which a copy of its database, a file of whole pages, does not have. */
const isSealed = (file: string): Command => sh`
  [ "$(head -c -32 ${file} | sha256sum | cut -c 1-64)" = "$(tail -c 32 ${file} | od -An -v -tx1 | tr -d ' \n')" ]`;

function keptDifference(fact: Output, file: string, real: Status): string[] {
  if (fact.code !== 0) return [`there is no file ${file}`];
  const kept = jsonOf<Status | null>(fact);
  if (typeof kept?.hash !== "number") return [`${file} is not what etcdutl prints as JSON`];
  return kept.hash === real.hash && kept.revision === real.revision && kept.totalKey === real.totalKey
    ? []
    : [`${file} does not describe the current snapshot`];
}

const lastLine = ({ stdout }: Output): string => stdout.trim().split("\n").at(-1) ?? "";
