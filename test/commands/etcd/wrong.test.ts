import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab();
const noCluster = dockerLab({ machine: "{ name: hop, role: jump-host, user: thor, sudo: none }" });

/** Every command and what is wrong with it: exit code and words. Nothing is written or changed. */
const cases: [string[], number, RegExp][] = [
  [["save"], 1, /no control plane of the lab test is running.*\n.*Run `labwright up`/],
  [["save", "--keep", "0"], 2, /--keep.*at least 1/],
  [["save", "--keep", "ten"], 2, /--keep.*at least 1/],
  [["save", "name"], 2, /too many arguments/],
  [["list", "--all"], 2, /unknown option '--all'/],
  [["list", "name"], 2, /too many arguments/],
  [["list", "--provider", "nope"], 2, /nope/],
  [["status", "name"], 2, /too many arguments/],
  [["status", "--keep", "1"], 2, /unknown option '--keep'/],
  [["status", "--provider", "nope"], 2, /nope/],
  [["restore"], 2, /the lab test has no snapshot of etcd.*\n.*labwright etcd save/],
  [["restore", "nope", "--yes"], 2, /there is no snapshot nope.*\n.*labwright etcd list/],
  [["restore", "/dev/null", "--yes"], 2, /\/dev has no snapshot with a manifest of labwright's/],
  [["restore", "a", "b"], 2, /too many arguments/],
];

for (const [args, expected, words] of cases)
  test(`etcd ${args.join(" ")}: exit ${expected}, and nothing is written`, async () => {
    const { code, output, changes } = await lab.run(["etcd", ...args]);
    assert.equal(code, expected, output);
    assert.match(output, words);
    assert.deepEqual([changes, lab.written()], [[], []]);
  });

for (const command of ["save", "status", "restore"])
  test(`etcd ${command} of a lab without a control plane: exit 1`, async () => {
    const { code, output } = await noCluster.run(["etcd", command]);
    assert.equal(code, 1, output);
    assert.match(output, /the lab test has no control plane/);
  });

test("etcd list and status of a lab that is not there: exit 0", async () => {
  const list = await lab.run(["etcd", "list"]);
  assert.deepEqual(
    [list.code, list.output],
    [0, "There is no snapshot. Make one with `labwright etcd save`.\n"],
  );
  const status = await lab.run(["etcd", "status", "--json"]);
  assert.equal(status.code, 0, status.output);
  const why = "does not exist, and will be created";
  assert.deepEqual(JSON.parse(status.output), {
    ...{ lab: "test", members: [{ name: "cp", why, interrupted: false }], snapshots: 0 },
  });
});

test("etcd restore of a damaged snapshot: exit 1 before the lab is looked at", async () => {
  const folder = join(lab.data, "labwright/labs/test/etcd/one");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "snapshot.db"), "x");
  const manifest = {
    ...{ kind: "labwright etcd snapshot", name: "one", lab: "test", cluster: "", kubernetes: "1.36.3" },
    ...{
      etcd: "3.6.8",
      revision: 1,
      keys: 1,
      hash: 1,
      size: 1,
      sha256: "0",
      time: "2026-11-29T23:10:32.000Z",
    },
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  const { code, output, changes } = await lab.run(["etcd", "restore", "--yes"]);
  assert.equal(code, 1, output);
  assert.match(output, /the snapshot one is damaged: its SHA-256 is not that of its manifest/);
  assert.deepEqual(changes, []);
});
