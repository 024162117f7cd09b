import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { Command } from "../../src/hosts/sh.ts";
import {
  etcdStatusIn,
  highestRevision,
  makeData,
  memberIn,
  putBack,
  replaceData,
  restoredRevision,
} from "../../src/kubernetes/etcd-backup.ts";
import { nothing, said } from "../support/steps.ts";

test("revisions go on above what the snapshot has, and above what clients have seen after an earlier restore", () => {
  assert.equal(restoredRevision({ revision: 1000, seen: 2000 }), 1_000_002_000);
  assert.equal(restoredRevision({ revision: 1000, seen: 0 }), 1_000_001_000);
  assert.equal(restoredRevision({ revision: 1000, seen: 1_000_001_500 }), 2_000_001_500);
});

test("the highest revision of all data that there is", () => {
  const lines = [
    '{"hash":1,"revision":1391,"totalKey":467}',
    '[{"Status":{"header":{"member_id":11968353128240907556,"revision":1400}}}]',
    "",
  ];
  assert.equal(highestRevision(lines), 1400);
  assert.equal(highestRevision([]), 0);
});

test("a member is what its manifest names, and all members are restored as one new cluster", () => {
  const flags = said(
    "name=cp1\ninitial-cluster=cp1=https://10.0.0.1:2380\ninitial-advertise-peer-urls=https://10.0.0.1:2380\n",
  );
  const one = { name: "cp1", peers: "https://10.0.0.1:2380" };
  assert.deepEqual(memberIn(flags), one);
  assert.equal(memberIn(nothing), undefined);
  const members = [one, { name: "cp2", peers: "https://10.0.0.2:2380" }];
  const command = makeData({ member: one, members, token: "t", revision: 1000, seen: 5000 }).reveal();
  assert.match(
    command,
    /--initial-cluster cp1=https:\/\/10\.0\.0\.1:2380,cp2=https:\/\/10\.0\.0\.2:2380 --initial-cluster-token t/,
  );
  assert.match(command, /--bump-revision 1000004000 --mark-compacted/);
});

test("etcd's own answer: who leads is compared by ids that are too large for numbers", () => {
  const answer = (leader: string) =>
    said(
      `[{"Status":{"header":{"member_id":11968353128240907556,"revision":7},"version":"3.6.8","dbSize":9,"leader":${leader}}}]`,
    );
  assert.deepEqual(etcdStatusIn(answer("11968353128240907556")), {
    ...{ version: "3.6.8", revision: 7, size: 9, isLeader: true, errors: [] },
  });
  assert.equal(etcdStatusIn(answer("11968353128240907557"))?.isLeader, false);
  assert.equal(etcdStatusIn(nothing), undefined);
});

/** Runs a command on a folder in the place of /var/lib/etcd, with these files in it; returns the files after it. */
function on(files: Readonly<Record<string, string>>, command: Command): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "lwtest-etcd-data-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    execFileSync("sh", ["-c", command.reveal().replaceAll("/var/lib/etcd", folder)]);
    const all = [
      "member/db",
      "labwright/before/member/db",
      "labwright/unproven/member/db",
      "labwright/new/member/db",
    ];
    return Object.fromEntries(
      all
        .filter((name) => existsSync(join(folder, name)))
        .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const fresh = { "member/db": "old", "labwright/new/member/db": "new" };

test("the old data is put aside, and taken back as it was", () => {
  const replaced = on(fresh, replaceData);
  assert.deepEqual(replaced, { "member/db": "new", "labwright/before/member/db": "old" });
  assert.deepEqual(on(replaced, putBack), { "member/db": "old" });
  assert.deepEqual(on({ "member/db": "old" }, putBack), { "member/db": "old" });
});

test("killed between the two moves, and run again: the old data is still what was put aside first", () => {
  assert.deepEqual(
    on({ "labwright/before/member/db": "old", "labwright/new/member/db": "new" }, replaceData),
    {
      ...{ "member/db": "new", "labwright/before/member/db": "old" },
    },
  );
  assert.deepEqual(on({ "labwright/before/member/db": "old" }, putBack), { "member/db": "old" });
});

test("killed after the data was replaced, and run again: what was not proven is kept beside the old data", () => {
  const again = {
    "member/db": "first",
    "labwright/before/member/db": "old",
    "labwright/new/member/db": "second",
  };
  assert.deepEqual(on(again, replaceData), {
    ...{
      "member/db": "second",
      "labwright/before/member/db": "old",
      "labwright/unproven/member/db": "first",
    },
  });
});

test("without restored data nothing is moved", () => {
  assert.throws(() => on({ "member/db": "old" }, replaceData), /there is no restored data/);
});
