import assert from "node:assert/strict";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { dataOf, type Manifest, snapshotsFolder } from "../../src/session/etcd-snapshots.ts";
import { membersOn } from "./cluster-members.ts";
import { Ledger, type Objects } from "./ledger.ts";
import { type TestLab, testLab } from "./support.ts";
import { controlPlanes, planes } from "./three-control-planes.ts";

const single = "machines: [{ name: cp, role: control-plane }]\nplaybooks: [cluster]\n";

describe("etcd with one member", () => saveAndRestore("e2e-etcd", single, ["cp"]));
describe("etcd with three members", () => saveAndRestore("e2e-etcd3", controlPlanes(3), planes));

interface Status {
  members: { name: string; status?: { revision: number } }[];
}

function saveAndRestore(labName: string, file: string, machines: readonly string[]): void {
  let lab: TestLab;
  let ledger: Ledger;
  /** The snapshot of a thousand objects, and those objects. */
  let name = "";
  let objects: Objects = {};

  before(async () => {
    lab = await testLab(labName, file);
    ledger = new Ledger(lab, machines[0] ?? "");
    await lab.labwright(["down"]);
    const up = await lab.labwright(["up"]);
    assert.equal(up.code, 0, up.output);
  });
  after(async () => {
    await lab?.labwright(["down"]);
    assert.deepEqual(await lab?.leftovers(), []);
  });

  const restore = (word: string, options: Parameters<TestLab["labwright"]>[1] = {}) =>
    lab.labwright(["etcd", "restore", word, "--yes"], options);

  const onEach = (script: string): Promise<string[]> =>
    Promise.all(machines.map(async (machine) => (await lab.inside(machine, script)).trim()));

  const containers = () => onEach("/usr/local/bin/crictl ps -q | sort; systemctl is-active kubelet");

  /** The revision of each member. */
  async function revisions(): Promise<number[]> {
    const { members }: Status = JSON.parse((await lab.labwright(["etcd", "status", "--json"])).output);
    assert.deepEqual(
      members.map((member) => member.name),
      machines,
    );
    return members.map(({ status }) => status?.revision ?? 0);
  }

  async function assertRestored(): Promise<void> {
    assert.deepEqual(await ledger.present(), objects);
    // The kubelet looks at the restarted programs each ten seconds: `up` waits for that, and has nothing else to do.
    const ready = await lab.labwright(["up"]);
    assert.equal(ready.code, 0, ready.output);
    assert.match(ready.output, /Nothing to do|Done: 0 tasks changed/);
    for (const left of await onEach("ls /var/lib/etcd/labwright")) assert.equal(left, "etcdutl");
    for (const machine of machines)
      assert.deepEqual(await membersOn(lab, machine), { members: machines, ready: machines });
  }

  test("save: a thousand objects, in a file that only its owner reads, verified", async () => {
    objects = await ledger.begin();
    const saved = await lab.labwright(["etcd", "save"]);
    assert.equal(saved.code, 0, saved.output);
    name = /^Saved (\S+): revision \d+/m.exec(saved.output)?.[1] ?? "";
    const list = await lab.labwright(["etcd", "list", "--json"]);
    const [snapshot]: Manifest[] = JSON.parse(list.output).snapshots;
    assert.equal(snapshot?.name, name);
    assert.ok((snapshot?.keys ?? 0) > 1000);
  });

  test("restore: exactly the snapshot's objects, and no client sees time run backwards", async (t) => {
    await ledger.change();
    const before = Math.max(...(await revisions()));
    const restored = await restore(name);
    assert.equal(restored.code, 0, restored.output);
    t.diagnostic(`restore: ${Math.round(restored.seconds)} s`);
    await assertRestored();
    for (const revision of await revisions()) assert.ok(revision > before, `${revision} after ${before}`);
  });

  test("a damaged file and a snapshot of another cluster are refused, and nothing stops", async () => {
    const folder = join(snapshotsFolder(lab.name), name);
    const running = await containers();
    const other = join(snapshotsFolder(lab.name), "other");
    for (const [damage, words] of [
      [
        async () => {
          const bytes = await readFile(dataOf(other));
          bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
          await writeFile(dataOf(other), bytes);
          return {};
        },
        /is damaged: its SHA-256/,
      ],
      [async () => ({ cluster: "0".repeat(64) }), /is another cluster's: its CA is not that of cp/],
      [async () => ({ hash: 1 }), /is damaged: etcdutl finds the hash/],
    ] as const) {
      await cp(folder, other, { recursive: true });
      const manifest = JSON.parse(await readFile(join(other, "manifest.json"), "utf8"));
      await writeFile(
        join(other, "manifest.json"),
        JSON.stringify({ ...manifest, name: "other", ...(await damage()) }),
      );
      const refused = await restore("other");
      assert.equal(refused.code, 1, refused.output);
      assert.match(refused.output, words);
      assert.deepEqual(await containers(), running);
      await rm(other, { recursive: true });
    }
    assert.deepEqual(await ledger.present(), objects);
  });

  for (const place of [/stopping the control plane/, /starting the control plane/])
    test(`killed while it is ${place.source}, and run again: exactly the snapshot's objects`, async (t) => {
      await ledger.entries("create", 1000, 1100, "new");
      const killed = await restore(name, { killWhen: place, killAfter: 500 });
      assert.equal(killed.code, null, killed.output);
      const again = await restore(name);
      assert.equal(again.code, 0, again.output);
      t.diagnostic(`run again: ${Math.round(again.seconds)} s`);
      await assertRestored();
    });

  test("the newest snapshots stay", async () => {
    const saved = await lab.labwright(["etcd", "save", "--keep", "1"]);
    assert.equal(saved.code, 0, saved.output);
    assert.match(saved.output, new RegExp(`^Removed the oldest: ${name}\\.$`, "m"));
  });
}
