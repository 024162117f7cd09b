import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const at = (second: number) => new Date(second * 1000).toISOString().replace(".000", "");
const object = (kind: string, name: string, second: number) => ({
  kind,
  metadata: { name, creationTimestamp: at(second) },
});
const objects = (rates: number) =>
  json({ kind: "List", items: [object("ConfigMap", "accounts", 1001), object("ConfigMap", "rates", rates)] });

export const cases: StepCases = {
  params: {
    namespace: "ledger",
    objects: ["configmap/accounts", "configmap/rates"],
    snapshot: "/var/backups/a.db",
  },
  fresh: { differences: ["etcd does not run"] },
  right: {
    born: said("2000\n"),
    log: said("5f1c\n90ab\n"),
    namespace: json(object("Namespace", "ledger", 1000)),
    objects: objects(1001),
  },
  alsoRight: { "no log was kept": { facts: { log: said("\n\n") } } },
  wrong: {
    "nothing was restored": {
      facts: { born: said("500\n") },
      differences: [
        "etcd works with data that is older than the namespace ledger: nothing has been restored",
      ],
    },
    "data that was copied": {
      facts: { log: said("5f1c\n5f1c\n") },
      differences: ["etcd continues its earlier log: its data comes from a copy, not from a snapshot"],
    },
    "an object that was created again": {
      facts: { objects: objects(2100) },
      differences: ["the ConfigMap rates was created again instead of restored"],
    },
    "one object alone, which kubectl prints as no list": {
      facts: { objects: json(object("ConfigMap", "rates", 1001)) },
      differences: ["configmap/accounts is not there in the namespace ledger"],
    },
    "nothing is there": {
      facts: { born: said("500\n"), objects: said("") },
      differences: [
        "configmap/accounts is not there in the namespace ledger",
        "configmap/rates is not there in the namespace ledger",
        "the Namespace ledger was created again instead of restored",
      ],
    },
    "no namespace": { facts: { namespace: said("") }, differences: ["the namespace ledger is not there"] },
    "an API server that does not answer": {
      facts: { namespace: nothing },
      differences: ["the API server does not answer"],
    },
  },
  apply: {
    "a lost namespace": {},
    "a snapshot that cannot be restored": {
      answers: [["snapshot restore", said("", 1)]],
      throws: /cp: 1/,
    },
  },
  undo: { "a right machine": {} },
};
