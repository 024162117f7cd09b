import assert from "node:assert/strict";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { dataOf, type Manifest, snapshotsFolder } from "../../src/session/etcd-snapshots.ts";
import { type TestLab, testLab } from "./support.ts";

let lab: TestLab;
/** The snapshot of a thousand objects, and those objects. */
let name = "";
let objects: Objects = {};

before(async () => {
  lab = await testLab("e2e-etcd", "machines: [{ name: cp, role: control-plane }]\nplaybooks: [cluster]\n");
  await lab.labwright(["down"]);
  const up = await lab.labwright(["up"]);
  assert.equal(up.code, 0, up.output);
});
after(async () => {
  await lab?.labwright(["down"]);
  assert.deepEqual(await lab?.leftovers(), []);
});

interface ConfigMap {
  metadata: { name: string; uid: string; resourceVersion: string };
  data: Record<string, string>;
}

/** Name → everything of the object that the API server shows. */
type Objects = Record<string, ConfigMap>;

const kubectl = (words: string) =>
  lab.inside("cp", `/usr/local/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);

async function present(): Promise<Objects> {
  const { items }: { items: ConfigMap[] } = JSON.parse(
    (await kubectl("-n ledger get configmaps -l app=ledger -o json")).toString(),
  );
  return Object.fromEntries(items.map((one) => [one.metadata.name, one]));
}

/** Has kubectl do something with the ConfigMaps from the number `from` up to `to`. */
const entries = (command: string, from: number, to: number, value: string) =>
  lab.inside(
    "cp",
    `for i in $(seq ${from} ${to - 1}); do
      printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"entry-%s","namespace":"ledger","labels":{"app":"ledger"}},"data":{"value":"${value}-%s"}}\\n' $i $i
    done | /usr/local/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf ${command} -f - >/dev/null`,
  );

const restore = (word: string, options: Parameters<TestLab["labwright"]>[1] = {}) =>
  lab.labwright(["etcd", "restore", word, "--yes"], options);

const containers = () => lab.inside("cp", "/usr/local/bin/crictl ps -q | sort; systemctl is-active kubelet");

/** 500 of the objects are changed, 200 deleted and 100 new. */
async function change(): Promise<void> {
  await entries("replace", 0, 500, "changed");
  await entries("delete", 500, 700, "deleted");
  await entries("create", 1000, 1100, "new");
  const now = await present();
  assert.equal(Object.keys(now).length, 900);
  assert.equal(now["entry-0"]?.data.value, "changed-0");
}

async function assertRestored(): Promise<void> {
  assert.deepEqual(await present(), objects);
  // The kubelet looks at the restarted programs each ten seconds: `up` waits for that, and has nothing else to do.
  const ready = await lab.labwright(["up"]);
  assert.equal(ready.code, 0, ready.output);
  assert.match(ready.output, /Nothing to do|Done: 0 tasks changed/);
  assert.equal((await lab.inside("cp", "ls /var/lib/etcd/labwright")).trim(), "etcdutl");
}

test("save: a thousand objects, in a file that only its owner reads, verified", async () => {
  await kubectl("create namespace ledger");
  await entries("create", 0, 1000, "first");
  objects = await present();
  assert.equal(Object.keys(objects).length, 1000);
  const saved = await lab.labwright(["etcd", "save"]);
  assert.equal(saved.code, 0, saved.output);
  name = /^Saved (\S+): revision \d+/m.exec(saved.output)?.[1] ?? "";
  const list = await lab.labwright(["etcd", "list", "--json"]);
  const [snapshot]: Manifest[] = JSON.parse(list.output).snapshots;
  assert.equal(snapshot?.name, name);
  assert.ok((snapshot?.keys ?? 0) > 1000);
});

test("restore: exactly the snapshot's objects, and no client sees time run backwards", async (t) => {
  await change();
  const { revision } = JSON.parse((await lab.labwright(["etcd", "status", "--json"])).output).members[0]
    .status;
  const restored = await restore(name);
  assert.equal(restored.code, 0, restored.output);
  t.diagnostic(`restore: ${Math.round(restored.seconds)} s`);
  await assertRestored();
  const after = JSON.parse((await lab.labwright(["etcd", "status", "--json"])).output).members[0].status;
  assert.ok(after.revision > revision, `${after.revision} after ${revision}`);
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
    assert.equal(await containers(), running);
    await rm(other, { recursive: true });
  }
  assert.deepEqual(await present(), objects);
});

for (const place of [/stopping the control plane/, /starting the control plane/])
  test(`killed while it is ${place.source}, and run again: exactly the snapshot's objects`, async (t) => {
    await entries("create", 1000, 1100, "new");
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
