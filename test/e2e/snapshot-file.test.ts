import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { dirname, join } from "node:path";
import { text as streamText } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import type { SnapshotPart } from "../../src/providers/types.ts";
import { archiveOf, partsIn } from "../../src/snapshots/file/archive.ts";
import { readHead } from "../../src/snapshots/file/head.ts";
import { outputOf, type Ran, runnerOf, type TestLab, testLab } from "./support.ts";

const text =
  "machines: [{ name: cp, role: control-plane }, { name: w1, role: worker, user: thor }]\ncluster: { network: { plugin: flannel } }\n";

const task = `title: A note
points: 10
timeLimit: 60m
needs: [cluster]
setup:
  - { on: control-plane, tasks: [exercise-folder: { path: /opt/handover }] }
goal:
  - title: The note is there
    on: control-plane
    tasks: [file: { path: /opt/handover/note, content: "disk replaced\\n", owner: root, mode: "0644" }]
`;

let lab: TestLab;
let folder = "";
const file = (): string => join(folder, "golden");

before(async () => {
  lab = await testLab("e2e-snapshot-file", text);
  const exercise = join(dirname(lab.file), "exercises/shift");
  await mkdir(exercise, { recursive: true });
  await writeFile(join(exercise, "exercise.yaml"), task);
  await writeFile(join(exercise, "task.md"), "# A note\n");
  folder = join(dirname(lab.file), "files");
  await mkdir(folder);
  await lab.labwright(["down"]);
  await outputOf(lab, ["up"]);
});
after(async () => {
  await lab?.labwright(["down"]);
  assert.deepEqual(await lab?.leftovers(), []);
});

const kubectl = (words: string): Promise<string> =>
  lab.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);

/** Asks the API server with this computer's kubeconfig. */
async function asked(path: string): Promise<string> {
  const kubeconfig = await readFile(lab.kubeconfig, "utf8");
  const fieldOf = (key: string): string => new RegExp(`${key}: (\\S+)`).exec(kubeconfig)?.[1] ?? "";
  const [ca, cert, key] = ["certificate-authority-data", "client-certificate-data", "client-key-data"].map(
    (one) => Buffer.from(fieldOf(one), "base64"),
  );
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(`${fieldOf("server")}${path}`, { ca, cert, key, agent: false }, resolve).on("error", reject);
  return streamText(await promise);
}

const line = (output: string, first: string): string =>
  new RegExp(`^${first}.*$`, "m").exec(output)?.[0] ?? output;

/** The engine's images and volumes of snapshots. */
const copies = async (): Promise<string[]> =>
  (await lab.leftovers()).filter((one) => /snapshot|golden|images-/.test(one)).sort();

async function assertBack(): Promise<void> {
  assert.match(await kubectl("get configmap golden -o name"), /configmap\/golden/);
  assert.doesNotMatch(await kubectl("get namespaces"), /later/);
  assert.equal(await lab.inside("w1", "cat /opt/golden"), "then");
  // The runtime's folder is a volume, and what its layers hide of others is in attributes of files.
  assert.match(await lab.inside("w1", "ctr -n k8s.io images ls -q"), /example.test\/kept:1/);
  await kubectl("run after --image docker.io/library/nginx:latest --image-pull-policy Never --restart Never");
  await kubectl("wait --for=condition=Ready pod/after --timeout 60s");
  assert.match(await kubectl("exec after -- sh -c 'echo works'"), /^works/);
  await kubectl("delete pod after --now");
  assert.match(await outputOf(lab, ["exercise", "check", "shift"]), /[Pp]assed|10 of 10/);
  assert.match(await outputOf(lab, ["plan"]), /Nothing to do/);
  await outputOf(lab, ["verify"]);
  assert.match(await asked("/api/v1/namespaces/default/configmaps/golden"), /"name":"golden"/);
  assert.match(await outputOf(lab, ["ssh", "w1", "hostname"]), /^w1/m);
}

const restored = async (): Promise<string> => {
  const output = await outputOf(lab, ["snapshot", "restore", "golden", "--yes"]);
  assert.match(output, /2 nodes: lease renewed since the command began/);
  assert.match(output, /2 nodes: a pod was created, ran to its end and was deleted/);
  assert.match(output, /^Started, as they were then: shift\.$/m);
  return line(output, "Restored");
};

test("an export is one new file that only its owner can read", async (t) => {
  await outputOf(lab, ["exercise", "start", "shift"]);
  await lab.inside("cp", "echo 'disk replaced' >/opt/handover/note");
  await kubectl("create configmap golden");
  await lab.inside("w1", "printf then >/opt/golden");
  await lab.inside("w1", "ctr -n k8s.io images tag docker.io/library/nginx:latest example.test/kept:1");
  t.diagnostic(line(await outputOf(lab, ["snapshot", "save", "golden"]), "Saved"));
  const output = await outputOf(lab, ["snapshot", "export", "golden", file()]);
  t.diagnostic(line(output, "Exported"));
  assert.match(output, /the key of the cluster's CA/);
  assert.equal(((await stat(file())).mode & 0o777).toString(8), "600");
  const { mtimeMs } = await stat(file());
  const again = await lab.labwright(["snapshot", "export", "golden", file()]);
  assert.equal(again.code, 2, again.output);
  assert.match(again.output, /golden exists already/);
  assert.equal((await stat(file())).mtimeMs, mtimeMs);
  assert.deepEqual(await readdir(folder), ["golden"]);
});

test("an export that is interrupted or killed leaves no file, and the next one removes the rest", async () => {
  const other = join(folder, "other");
  const args = ["snapshot", "export", "golden", other];
  const cut = await lab.labwright(args, {
    killWhen: /write the file {2}…/,
    killAfter: 2000,
    killWith: "SIGINT",
  });
  assert.equal(cut.code, 130, cut.output);
  assert.deepEqual(await readdir(folder), ["golden"]);
  const killed = await lab.labwright(args, { killWhen: /write the file {2}…/, killAfter: 2000 });
  assert.equal(killed.code, null, killed.output);
  assert.equal((await readdir(folder)).length, 2);
  await lab.labwright(args, { killWhen: /write the file {2}…/, killAfter: 2000, killWith: "SIGINT" });
  assert.deepEqual(await readdir(folder), ["golden"]);
});

test("a file that is damaged, cut off, of another lab or no snapshot is refused before anything is made", async () => {
  const before = (await lab.leftovers()).sort();
  const refused = async (ran: Promise<Ran>, code: number, message: RegExp): Promise<void> => {
    const { code: found, output } = await ran;
    assert.equal(found, code, output);
    assert.match(output, message);
    assert.deepEqual((await lab.leftovers()).sort(), before);
  };
  const importing = (path: string) => lab.labwright(["snapshot", "import", path]);
  await refused(importing(file()), 2, /has a snapshot "golden" already/);
  await outputOf(lab, ["snapshot", "delete", "golden", "--yes"]);
  before.splice(0, before.length, ...(await lab.leftovers()).sort());
  const whole = await readFile(file());
  const bad = join(folder, "bad");
  const middle = Math.floor(whole.length / 2);
  await writeFile(bad, whole.subarray(0, middle));
  await refused(importing(bad), 1, /damaged: (it cannot be read to its end|its end is missing)/);
  whole.writeUInt8(whole.readUInt8(middle) ^ 1, middle);
  await writeFile(bad, whole);
  await refused(importing(bad), 1, /damaged: the content of \S+ is another one/);
  await refused(importing(lab.file), 2, /does not hold a snapshot/);
  await refused(importing(join(folder, "missing")), 2, /there is no file/);
  const other = join(folder, "other.yaml");
  await writeFile(other, `name: e2e-another\n${text}`);
  await refused(
    runnerOf(other, lab.kubeconfig)(["snapshot", "import", file()]),
    2,
    /it is of the lab "e2e-snapshot-file"/,
  );
  await writeFile(lab.file, `name: e2e-snapshot-file\n${text.replace("flannel", "calico")}`);
  await refused(importing(file()), 2, /the lab file decides something else/);
  await writeFile(lab.file, `name: e2e-snapshot-file\n${text}`);
});

test("an import that is killed leaves no snapshot, and the next one removes the rest and is whole", async (t) => {
  const none = await copies();
  for (const when of [/import images {2}…/, /import volumes\/cp {2}…/]) {
    const ran = await lab.labwright(["snapshot", "import", file()], { killWhen: when, killAfter: 500 });
    assert.equal(ran.code, null, `not killed at ${when}: ${ran.output}`);
    assert.doesNotMatch(await outputOf(lab, ["snapshot", "list"]), /golden/);
    assert.match(await outputOf(lab, ["plan"]), /Nothing to do/);
  }
  const cut = await lab.labwright(["snapshot", "import", file()], {
    killWhen: /import volumes\/cp {2}…/,
    killAfter: 500,
    killWith: "SIGINT",
  });
  assert.equal(cut.code, 130, cut.output);
  assert.deepEqual(await copies(), none);
  await kubectl("create namespace later");
  await lab.inside("w1", "rm /opt/golden; ctr -n k8s.io images rm example.test/kept:1");
  t.diagnostic(line(await outputOf(lab, ["snapshot", "import", file()]), "Imported"));
  assert.match(await outputOf(lab, ["snapshot", "list"]), /^golden +\S+ +cp w1 +shift$/m);
  t.diagnostic(await restored());
  await assertBack();
  await outputOf(lab, ["snapshot", "delete", "golden", "--yes"]);
});

/** The file as if it came from a computer with other volumes of shared images. */
async function fromElsewhere(path: string): Promise<void> {
  const head = await readHead(file());
  const changed = (word: string): string => word.replace(/[0-9a-f]{32}/g, "e2".repeat(16));
  const parts = async function* (): AsyncGenerator<SnapshotPart> {
    for await (const { name, content } of partsIn(file()))
      yield { name: name.startsWith("shared/") ? changed(name) : name, content };
  };
  const about: unknown = JSON.parse(changed(JSON.stringify(head.about)));
  await writeFile(path, archiveOf({ ...head, about }, parts()), { mode: 0o600 });
}

test("after `down` and `up` an import returns to the same state, with what the machines share from the file", async (t) => {
  const elsewhere = join(folder, "elsewhere");
  await fromElsewhere(elsewhere);
  await outputOf(lab, ["down"]);
  assert.deepEqual(await lab.leftovers(), []);
  await outputOf(lab, ["up"]);
  t.diagnostic(line(await outputOf(lab, ["snapshot", "import", elsewhere]), "Imported"));
  t.diagnostic(await restored());
  await assertBack();
  // Whoever has the former lab's key does not get in any more.
  assert.equal(await lab.inside("w1", "grep -c . /home/thor/.ssh/authorized_keys"), "1");
  // The baseline was recorded of a lab with other keys: a reset must not put them back.
  const differing = await lab.labwright(["reset", "--dry-run"]);
  t.diagnostic(differing.output.trim());
  assert.doesNotMatch(differing.output, /\/etc\/(ssh|labwright)|authorized_keys|account (root|thor)/);
  await outputOf(lab, ["exercise", "reset", "shift"]);
  t.diagnostic(line(await outputOf(lab, ["reset"]), "Reset"));
  assert.match(await outputOf(lab, ["ssh", "w1", "hostname"]), /^w1/m);
  assert.match(await outputOf(lab, ["plan"]), /Nothing to do/);
  const shared = `labwright.images-e2e-snapshot-file.${"e2".repeat(16)}`;
  assert.ok(await lab.engine.docker.has("volume", shared));
  // The machines need the volume still.
  await outputOf(lab, ["snapshot", "delete", "golden", "--yes"]);
  assert.ok(await lab.engine.docker.has("volume", shared));
  await outputOf(lab, ["snapshot", "save", "more"]);
  await outputOf(lab, ["snapshot", "restore", "more", "--yes"]);
  await outputOf(lab, ["down"]);
  assert.deepEqual(await lab.engine.docker.list(sh`volume ls --quiet --filter name=${shared}`), []);
});
