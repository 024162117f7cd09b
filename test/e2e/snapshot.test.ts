import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import { type Neighbour, neighbourOf } from "./neighbour.ts";
import { isShort, long, outputOf, type Ran, type TestLab, testLab } from "./support.ts";

const text =
  "machines: [{ name: cp, role: control-plane }, { name: w1, role: worker }]\ncluster: { network: { plugin: flannel } }\n";

const task = `title: A note and a setting
points: 10
timeLimit: 60m
needs: [cluster]
setup:
  - { on: control-plane, tasks: [exercise-folder: { path: /opt/handover }] }
goal:
  - title: The note is there
    on: control-plane
    tasks: [file: { path: /opt/handover/note, content: "disk replaced\\n", owner: root, mode: "0644" }]
  - title: The setting is there
    on: control-plane
    tasks:
      - command-prints: { command: [kubectl, --kubeconfig, /etc/kubernetes/admin.conf, get, configmap, shift, -o, name], matches: configmap/shift }
hints: ["\`kubectl create configmap\`"]
`;

let lab: TestLab;
let neighbour: Neighbour | undefined;
let nginx = "";

before(async () => {
  lab = await testLab("e2e-snapshot", text);
  const folder = join(dirname(lab.file), "exercises/shift");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "exercise.yaml"), task);
  await writeFile(join(folder, "task.md"), "# A note and a setting\n");
  await lab.labwright(["down"]);
  nginx = /^ +nginx +(\S+)/m.exec(await outputOf(lab, ["up"]))?.[1] ?? "";
  if (!isShort) neighbour = await neighbourOf(lab.name);
});
after(async () => {
  await lab?.labwright(["down"]);
  await neighbour?.remove();
  assert.deepEqual(await lab?.leftovers(), []);
});

const kubectl = (words: string): Promise<string> =>
  lab.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);

const restored = async (name: string): Promise<string> => {
  const output = await outputOf(lab, ["snapshot", "restore", name, "--yes"]);
  assert.match(output, /2 nodes: lease renewed since the command began/);
  assert.match(output, /2 nodes: a pod was created, ran to its end and was deleted/);
  return output;
};

/** The engine's ids of the machines' containers: another id is another machine. */
const machines = (): Promise<string[]> =>
  lab.engine.docker.list(
    sh`ps --no-trunc --filter label=labwright.lab=e2e-snapshot --filter status=running --format {{.ID}}`,
  );

const dangling = async (): Promise<number> =>
  (await lab.engine.docker.list(sh`volume ls --quiet --filter dangling=true`)).length;

/** What a lab has to do: a Service on every node, a new pod, its log, a command in it, a token. */
async function assertWorks(): Promise<void> {
  assert.equal((await fetch(nginx)).status, 200);
  await kubectl("run after --image docker.io/library/nginx:latest --image-pull-policy Never --restart Never");
  await kubectl("wait --for=condition=Ready pod/after --timeout 60s");
  await kubectl("logs after");
  assert.match(await kubectl("exec after -- sh -c 'echo works'"), /^works/);
  assert.match(await kubectl("create token default"), /^ey/);
  await kubectl("delete pod after --now");
  assert.match(await outputOf(lab, ["plan"]), /Nothing to do/);
}

const state = async (): Promise<{ hints: number; checks: unknown[] }> =>
  JSON.parse(
    await readFile(
      join(process.env.HOME ?? "", ".local/share/labwright/labs/e2e-snapshot/exercises/shift.json"),
      "utf8",
    ),
  );

const hostKeys = async (): Promise<string[]> =>
  Promise.all(["cp", "w1"].map((name) => lab.inside(name, "cat /etc/ssh/ssh_host_ed25519_key.pub")));

test("a half-done exercise, the cluster and the files are what they were when the snapshot was saved", async (t) => {
  await outputOf(lab, ["exercise", "start", "shift"]);
  await lab.inside("cp", "echo 'disk replaced' >/opt/handover/note");
  // The runtime's folder is a volume, which no commit has.
  await lab.inside("w1", "ctr -n k8s.io images tag docker.io/library/nginx:latest example.test/kept:1");
  assert.match((await lab.labwright(["exercise", "check", "shift"])).output, /The setting is there/);
  await outputOf(lab, ["exercise", "hint", "shift"]);
  const keys = await hostKeys();
  const half = await state();
  const saved = await outputOf(lab, ["snapshot", "save", "half-done"]);
  t.diagnostic(/^Saved.*$/m.exec(saved)?.[0] ?? saved);
  await assertWorks();
  assert.match(await outputOf(lab, ["snapshot", "list"]), /^half-done +\S+ +cp w1 +shift$/m);

  await kubectl("create configmap shift");
  assert.match(await outputOf(lab, ["exercise", "check", "shift"]), /[Pp]assed|10 of 10/);
  await kubectl("delete deployment nginx");
  await kubectl("create namespace later");
  await lab.inside("w1", "rm /etc/profile; useradd -m mallory; echo x >/opt/later");
  await lab.inside("w1", "ctr -n k8s.io images rm example.test/kept:1");
  const volumes = await dangling();
  const output = await restored("half-done");
  t.diagnostic(/^Restored.*$/m.exec(output)?.[0] ?? output);
  assert.match(output, /^Started, as they were then: shift\.$/m);
  assert.deepEqual(await state(), half);
  assert.deepEqual(await hostKeys(), keys);
  await assertWorks();
  assert.doesNotMatch(await kubectl("get namespaces"), /later/);
  assert.equal(
    await lab.inside("w1", "ls /opt/later /home/mallory 2>/dev/null; ls /etc/profile"),
    "/etc/profile",
  );
  assert.match(await lab.inside("w1", "ctr -n k8s.io images ls -q"), /example.test\/kept:1/);
  // Nothing of the former machines is left.
  assert.equal(await dangling(), volumes);
  const check = await lab.labwright(["exercise", "check", "shift"]);
  assert.equal(check.code, 1, check.output);
  assert.match(await outputOf(lab, ["exercise", "list"]), /shift/);
  await kubectl("create configmap shift");
  await outputOf(lab, ["exercise", "check", "shift"]);
  await outputOf(lab, ["exercise", "reset", "shift"]);
});

test("an exercise whose fault is in the lab's own part is restored with its fault", {
  skip: long,
}, async (t) => {
  await outputOf(lab, ["exercise", "start", "broken-kubelet"]);
  assert.equal((await lab.labwright(["exercise", "check", "broken-kubelet"])).code, 1);
  await outputOf(lab, ["snapshot", "save", "faulty"]);
  await outputOf(lab, ["exercise", "reset", "broken-kubelet"]);
  await assertWorks();
  const output = await outputOf(lab, ["snapshot", "restore", "faulty", "--yes"]);
  t.diagnostic(/^Nothing was repaired.*$/m.exec(output)?.[0] ?? output);
  assert.match(
    output,
    /^Nothing was repaired or proved: when it was saved, \d+ checks? of `up` (was|were) not right/m,
  );
  assert.match(output, /^Started, as they were then: broken-kubelet\.$/m);
  assert.equal((await lab.labwright(["exercise", "check", "broken-kubelet"])).code, 1);
  await outputOf(lab, ["exercise", "solve", "broken-kubelet"]);
  await outputOf(lab, ["exercise", "check", "broken-kubelet"]);
  await outputOf(lab, ["exercise", "reset", "broken-kubelet"]);
  await outputOf(lab, ["up"]);
  await outputOf(lab, ["snapshot", "delete", "faulty", "--yes"]);
});

test("what cannot be restored is refused with the reason, and nothing is stopped", async () => {
  const before = await machines();
  const refused = async (args: string[], code: number, message: RegExp): Promise<void> => {
    const ran = await lab.labwright(args);
    assert.equal(ran.code, code, ran.output);
    assert.match(ran.output, message);
    assert.deepEqual(await machines(), before);
  };
  await refused(["snapshot", "restore", "half", "--yes"], 2, /no snapshot "half".*half-done/s);
  await refused(["snapshot", "restore", "half-done"], 2, /loses what was done since/);
  await refused(["snapshot", "save", "half-done"], 2, /has a snapshot "half-done" already/);
  await writeFile(lab.file, `name: e2e-snapshot\n${text.replace("flannel", "calico")}`);
  await refused(["snapshot", "restore", "half-done", "--yes"], 2, /the lab file decides something else/);
  await refused(["snapshot", "save", "another"], 2, /it is not what its lab file decides/);
  await writeFile(lab.file, `name: e2e-snapshot\n${text}`);
  await outputOf(lab, ["snapshot", "save", "damaged"]);
  await lab.engine.docker.run(sh`image rm labwright/snapshot-e2e-snapshot:w1.damaged`);
  await lab.engine.docker.run(sh`volume rm labwright-e2e-snapshot.cp.damaged`);
  await refused(
    ["snapshot", "restore", "damaged", "--yes"],
    1,
    /is damaged: the (image of w1|volume of cp) is missing and the (image of w1|volume of cp) is missing/,
  );
  await outputOf(lab, ["snapshot", "delete", "damaged", "--yes"]);
  assert.doesNotMatch(await outputOf(lab, ["snapshot", "list"]), /damaged/);
});

/** What is on the screen before a kill -9. */
const inSave = [/stop the controllers|pause the machines/, /copy cp {2}…/, /copy the machines {2}ok/];
const inRestore = [
  /remove container \S+ {2}changed/,
  /restore cp {2}…/,
  /restore the machines {2}ok/,
  /prove that the cluster works/,
];

const killed = async (args: string[], killWhen: RegExp, killAfter = 0): Promise<Ran> => {
  const ran = await lab.labwright(args, { killWhen, killAfter });
  assert.equal(ran.code, null, `not killed at ${killWhen}: ${ran.output}`);
  return ran;
};

test("a save that is killed leaves no snapshot, `up` lets the lab go on, and the next save removes the rest", async () => {
  for (const when of isShort ? inSave.slice(1, 2) : inSave) {
    await killed(["snapshot", "save", "killed"], when);
    await outputOf(lab, ["up"]);
    assert.match(await outputOf(lab, ["plan"]), /Nothing to do/);
  }
  await outputOf(lab, ["snapshot", "save", "whole"]);
  const left = await lab.leftovers();
  assert.deepEqual(
    left.filter((one) => /killed/.test(one)),
    [],
  );
  assert.match(await outputOf(lab, ["snapshot", "list"]), /whole/);
});

test("a save that is interrupted lets the lab go on at once, and removes what it has copied", async () => {
  const left = (await lab.leftovers()).sort();
  const ran = await lab.labwright(["snapshot", "save", "cut"], {
    killWhen: /pause the machines {2}changed/,
    killAfter: 0,
    killWith: "SIGINT",
  });
  assert.equal(ran.code, 130, ran.output);
  assert.match(await outputOf(lab, ["plan"]), /Nothing to do/);
  assert.doesNotMatch(await outputOf(lab, ["snapshot", "list"]), /cut/);
  // The engine lists what was made in one second in any order.
  assert.deepEqual((await lab.leftovers()).sort(), left);
});

test("after a restore that is killed `up` makes no other lab, and the next restore does it all", async () => {
  for (const when of isShort ? inRestore.slice(1, 2) : inRestore) {
    await kubectl("create namespace later");
    await killed(["snapshot", "restore", "whole", "--yes"], when);
    const up = await lab.labwright(["up"]);
    assert.equal(up.code, 1, up.output);
    assert.match(up.output, /the restore of the snapshot "whole".* was not completed/);
    assert.match(up.output, /labwright snapshot restore whole/);
    await restored("whole");
    assert.doesNotMatch(await kubectl("get namespaces"), /later/);
  }
  await assertWorks();
});

test("`delete` removes a snapshot whose machines run, and `down` the others, and names them", async () => {
  await outputOf(lab, ["snapshot", "delete", "whole", "--yes"]);
  assert.match(await outputOf(lab, ["plan"]), /Nothing to do/);
  await killed(["snapshot", "restore", "half-done", "--yes"], /restore the machines {2}ok/);
  const down = await outputOf(lab, ["down"]);
  assert.match(down, /snapshot half-done \(image of cp\)/);
  assert.match(down, /snapshot half-done \(volume of w1\)/);
  assert.deepEqual(await lab.leftovers(), []);
});
