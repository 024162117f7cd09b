import assert from "node:assert/strict";
import { test } from "node:test";
import { etcdText } from "../../../src/commands/etcd/status.ts";

test("a row for each member, the newest snapshot, and a restore that was interrupted", () => {
  const status = { version: "3.6.8", revision: 1391, size: 3465216, isLeader: true, errors: [] };
  assert.equal(
    etcdText(
      [
        { name: "cp1", status: { ...status, quota: 2147483648 }, interrupted: false },
        { name: "cp2", status: { ...status, isLeader: false, errors: ["NOSPACE"] }, interrupted: false },
        { name: "cp3", why: "etcd does not answer", interrupted: true },
      ],
      2,
      "20261129T231032Z",
    ),
    `MACHINE  ETCD   ROLE      REVISION  SIZE              HEALTH
cp1      3.6.8  leader    1391      3.5 MB of 2.1 GB  ok
cp2      3.6.8  follower  1391      3.5 MB            NOSPACE
cp3                                                   etcd does not answer
2 snapshots, the newest is 20261129T231032Z.
cp3: a restore was interrupted. Run \`labwright etcd restore\` again.
`,
  );
});
