import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();
const { refused } = lab;
const folder = join(lab.data, "labwright/labs/test");
const id = "00112233aabbccdd";

beforeEach(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "id"), `${id}\n`);
  lab.has({ name: "cp", id });
});

test("wrong use is refused: a name that is none, one that is not known, a lab without a baseline", async () => {
  await refused(["snapshot", "save", "Half Done"], 2, /"Half Done" cannot be the name of a snapshot/);
  await refused(["snapshot", "restore", "gold", "--yes"], 2, /has no snapshot "gold"/, /snapshot save NAME/);
  await refused(["snapshot", "delete", "../x", "--yes"], 2, /cannot be the name of a snapshot/);
  await refused(["snapshot", "save", "gold"], 2, /the lab "test" has no baseline/);
});

const record = {
  ...{ kind: "labwright snapshot", form: 1, name: "golden", id, saved: "2026-11-30T10:00:00.000Z" },
  ...{ version: "0.0.1", decided: "d", machines: [{ name: "cp", address: "10.0.0.10" }], exercises: [] },
  contents: {},
};
const write = (known: object): void => {
  mkdirSync(join(folder, "snapshots/golden"), { recursive: true });
  writeFileSync(join(folder, "snapshots/golden/snapshot.json"), JSON.stringify(known));
};

test("a snapshot of another labwright is refused, and the names of what there is are shown", async () => {
  write(record);
  await refused(["snapshot", "restore", "golden", "--yes"], 2, /labwright 0\.0\.1 has saved it/);
  await refused(["snapshot", "restore", "gold", "--yes"], 2, /golden/);
  await refused(["snapshot", "delete", "golden"], 2, /cannot ask whether to delete the snapshot "golden"/);
  const { output } = await lab.run(["snapshot", "list", "--json"]);
  const [listed] = JSON.parse(output).snapshots;
  assert.deepEqual([listed.name, listed.machines], ["golden", record.machines]);
});

test("amid a restore only its repetition, `reset` and `down` work on the lab, and amid that of another lab's snapshot no `reset`", async () => {
  const words = [/the restore of the snapshot "golden"/, /Run `labwright snapshot restore golden`/];
  writeFileSync(join(folder, "restoring.json"), '{"snapshot":"golden","began":"2026-11-30T10:00:00.000Z"}');
  write({ ...record, imported: true });
  for (const args of [
    ["up"],
    ["plan"],
    ["reset", "--machine", "cp"],
    ["pause"],
    ["snapshot", "save", "more"],
  ])
    await refused(args, 1, ...words);
  for (const args of [["reset"], ["reset", "--rebuild"]]) await refused(args, 1, ...words);
  write(record);
  await refused(["reset"], 2, /has no baseline/);
  const down = await lab.run(["down"]);
  assert.equal(down.code, 0, down.output);
  assert.deepEqual(lab.written(), []);
});

test("hosts that existed before have no snapshots, with the reason", async () => {
  const file = join(lab.folder, "hosts.yaml");
  writeFileSync(
    file,
    "name: test\nprovider: ssh\nmachines: [{ name: cp, role: app-server, host: 192.0.2.1, user: root }]\nplaybooks: []\n",
  );
  for (const command of ["save", "restore", "delete"])
    await refused(["snapshot", command, "x", "--file", file], 2, /its hosts existed before it/, /docker/);
});
