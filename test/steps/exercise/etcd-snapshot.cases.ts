import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

/** As etcdutl 3.6 prints it. */
const status = { hash: 7, revision: 2991, totalKey: 568, totalSize: 4423680, version: "3.6.0" };
const other = (change: Partial<typeof status>) => ({
  facts: { kept: json({ ...status, ...change }) },
  differences: ["/var/backups/a.json does not describe the current snapshot"],
});

export const cases: StepCases = {
  params: { file: "/var/backups/a.db", status: "/var/backups/a.json", namespace: "ledger" },
  fresh: { differences: ["there is no file /var/backups/a.db"] },
  right: {
    mode: said("root 600\n"),
    status: json(status),
    sealed: said(""),
    kept: json(status),
    made: json({ kvs: [{ create_revision: 2991 }] }),
  },
  alsoRight: {
    "a namespace that is lost now": { facts: { made: json({}) } },
    "an etcd that does not run": { facts: { made: nothing } },
  },
  wrong: {
    "a file that all can read": {
      facts: { mode: said("root 644\n") },
      differences: ["/var/backups/a.db has owner and mode root 644, not root 600"],
    },
    "no snapshot": {
      facts: { status: said("x\nError: invalid database\n", 1), sealed: nothing },
      differences: ['/var/backups/a.db is not a snapshot of etcd: etcdutl says "Error: invalid database"'],
    },
    "a copy of etcd's own file": {
      facts: { sealed: nothing },
      differences: [
        "/var/backups/a.db does not end in the hash of a snapshot: it is a copy of etcd's own file",
      ],
    },
    "a snapshot that was made too early": {
      facts: { made: json({ kvs: [{ create_revision: 2992 }] }) },
      differences: ["the namespace ledger is younger than /var/backups/a.db, and so not in it"],
    },
    "no status": { facts: { kept: nothing }, differences: ["there is no file /var/backups/a.json"] },
    "a status that is a table": {
      facts: { kept: said("7, 2991, 568, 4.4 MB, 3.6.0") },
      differences: ["/var/backups/a.json is not what etcdutl prints as JSON"],
    },
    "a status that is null": {
      facts: { kept: said("null\n") },
      differences: ["/var/backups/a.json is not what etcdutl prints as JSON"],
    },
    "another snapshot's hash": other({ hash: 8 }),
    "another snapshot's revision": other({ revision: 2990 }),
    "another snapshot's keys": other({ totalKey: 567 }),
  },
  apply: { "a fresh machine": {} },
  undo: { "a right machine": {} },
};
