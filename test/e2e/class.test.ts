import assert from "node:assert/strict";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import { dataFolder, packageFolder } from "../../src/paths.ts";
import { type Engine, requireEngine } from "../../src/providers/docker/engine.ts";
import { polled } from "./polled.ts";
import { classFolder, leftoversOf, long, runnerOf, succeeds, type TestLab } from "./support.ts";

/** A class of three, later four, each with one machine and a cluster; the exercise is one of examples/own-exercise. */
const name = "e2e-class";
const students = ["alice", "bob", "carol"];
let folder: string;
let engine: Engine;
let labwright: TestLab["labwright"];

const writeClass = (names: readonly string[], more = ""): Promise<void> =>
  writeFile(
    join(folder, "class.yaml"),
    `name: ${name}\nstudents: [${names.join(", ")}]\nexercises: [handover]\n${more}`,
  );

before(async () => {
  folder = await classFolder("class");
  engine = await requireEngine();
  labwright = runnerOf(join(folder, "class.yaml"), join(folder, "kubeconfig"));
  await writeFile(join(folder, "lab.yaml"), "name: one\nmachines: [{ name: cp, role: control-plane }]\n");
  const exercise = join(folder, "exercises/handover");
  await cp(join(packageFolder, "examples/own-exercise/exercises/handover"), exercise, { recursive: true });
  const text = await readFile(join(exercise, "exercise.yaml"), "utf8");
  await writeFile(
    join(exercise, "exercise.yaml"),
    text.replace("role: app-server", "role: control-plane").replaceAll("stapp01", "cp"),
  );
  await writeClass([...students, "dave"]);
  await labwright(["class", "down", "--forget"]);
  await writeClass(students);
});
after(async () => {
  await writeClass([...students, "dave"]);
  await labwright(["class", "down", "--forget"]);
  await rm(folder, { recursive: true });
});

const classed = async (...args: string[]): Promise<string> =>
  succeeds(await labwright(["class", ...args])).output;

const inside = (student: string, script: string): Promise<string> =>
  engine.docker.run(sh`exec ${`labwright-${name}-${student}.cp`} bash -c ${script}`);

const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";

const gradesOf = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await classed("export"))
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split(","))
      .map(([student = "", , state = "", attempts = ""]) => [student, `${state} ${attempts}`]),
  );

/** Where each student's nginx answers, of the table that `class up` ends with. */
const urlsIn = (output: string): Record<string, string> =>
  Object.fromEntries(
    [...output.matchAll(/^(\w+) +[\d.]+ s .* (http:\S+)$/gm)].map(([, student = "", url = ""]) => [
      student,
      url,
    ]),
  );

let urls: Record<string, string>;

test("a lab for each student, the first one alone; made again, nothing changes", async (t) => {
  const output = await classed("up");
  urls = urlsIn(output);
  assert.deepEqual(Object.keys(urls), students, output);
  for (const url of Object.values(urls)) assert.match(await (await fetch(url)).text(), /nginx/);
  t.diagnostic(`made: ${[...output.matchAll(/^(\w+ +[\d.]+ s)/gm)].map(([, one]) => one).join(", ")}`);
  assert.match(await classed("up"), /^alice +[\d.]+ s +no change/m);
  assert.match(await classed("status"), /^bob +running +not started +0$/m);
});

test("an exercise is set up for all, and graded for each", async () => {
  assert.match(await classed("start", "handover"), /Started in 3 labs\./);
  assert.match(await classed("start", "handover"), /in 3 labs it was started already/);
  await inside("alice", "printf 'disk replaced\\n' >/opt/handover/note; chmod 644 /opt/handover/note");
  const checked = await classed("check");
  assert.match(checked, /^alice +passed$/m);
  assert.match(checked, /^bob +0 of 1 right$/m);
  assert.deepEqual(await gradesOf(), { alice: "passed 1", bob: "started 1", carol: "started 1" });
});

test("one lab is reset, and the others go on", async (t) => {
  const others = [polled(urls.alice ?? ""), polled(urls.carol ?? "")];
  await inside("bob", `${kubectl} delete deployment nginx; rm /etc/profile; useradd mallory`);
  const output = await classed("reset", "bob");
  assert.match(output, /^bob: Reset by undoing \d+ differences/m);
  t.diagnostic(/^bob: Reset .*$/m.exec(output)?.[0] ?? "");
  assert.deepEqual((await Promise.all(others.map(({ stop }) => stop()))).flat(), []);
  assert.match(await (await fetch(urls.bob ?? "")).text(), /nginx/);
});

test("what the labs have become is exported, and what was typed only if the student agreed", async () => {
  const typed = "echo 'ls -l' >/root/.bash_history";
  for (const student of ["alice", "bob"]) await inside(student, `${typed}; echo ${student} >/etc/mine`);
  await inside("alice", `${kubectl} create configmap -n default mine --from-literal=key=alice`);
  const board = join(dataFolder(), "classes", name, "board");
  await mkdir(board, { recursive: true });
  await writeFile(join(board, "kept.json"), '{"alice":{"agreed":"2026-12-01T09:00:00.000Z"}}');
  const labs = join(folder, "labs");
  const read = (path: string) => readFile(join(labs, path), "utf8");
  assert.match(await classed("export", "--labs", labs, "--student", "alice,bob"), /of 2 students into/);
  for (const student of ["alice", "bob"]) assert.equal(await read(`${student}/cp/etc/mine`), `${student}\n`);
  assert.equal(await read("alice/cp/root/.bash_history"), "ls -l\n");
  await assert.rejects(read("bob/cp/root/.bash_history"), /ENOENT/);
  const changes = await read("alice/changes.txt");
  assert.match(changes, /^ {2}cp: the file \/opt\/handover is there and was not before$/m);
  assert.doesNotMatch(changes, /labwright/);
  assert.match(changes, /^ {2}cp: the configmap default\/mine is there and was not before$/m);
  const { differences } = JSON.parse(await read("alice/state.json"));
  const mine = differences.find((one: { name: string }) => one.name === "default/mine");
  assert.deepEqual(JSON.parse(mine.content).data, { key: "alice" });
  assert.equal(JSON.parse(await read("alice/grades.json")).grades[0].state, "passed");
  assert.match(await classed("export", "--labs", labs, "--student", "alice"), /^Written before.*: alice\./m);
});

test("labs are paused and go on", async () => {
  assert.match(await classed("pause", "--student", "carol"), /Paused: 1 lab\./);
  assert.match(await classed("status"), /^carol +paused/m);
  assert.match(await classed("resume", "--student", "carol"), /Resumed: 1 lab\./);
  assert.match(await (await fetch(urls.carol ?? "")).text(), /nginx/);
});

test("labs that nobody works in are frozen once they are made or up to date, and no other", async () => {
  await classed("pause", "--student", "carol");
  const output = await classed("up", "--paused");
  assert.match(output, /^carol .*, paused /m);
  assert.match(output, /^alice .*no change /m);
  const status = await classed("status");
  assert.match(status, /^carol +paused/m);
  assert.match(status, /^alice +running/m);
  await classed("resume");
});

test("labs are not left behind when the class file names another provider", async () => {
  await writeClass(students, "provider: incus\n");
  for (const command of ["up", "down", "check"]) {
    const { code, output } = await labwright(["class", command]);
    assert.equal(code, 1, output);
    assert.match(output, /was created with the provider "docker"/);
  }
  await writeClass(students);
  assert.match(await classed("status"), /^alice +running/m);
});

test("a command runs in every lab, and says where it failed", async () => {
  const ran = await labwright(["class", "run", "hostname; test ! -e /opt/handover/note"]);
  assert.equal(ran.code, 1);
  assert.equal(ran.output, "alice  cp\nalice  (exit code 1)\nbob  cp\ncarol  cp\n");
  const missing = await labwright(["class", "run", "--machine", "cq", "true"]);
  assert.equal(missing.code, 2);
  assert.match(missing.output, /no machine "cq"[\s\S]*cp/);
});

test("a run that is killed while it makes a lab is gone on with", { skip: long }, async () => {
  await writeClass([...students, "dave"]);
  const killed = await labwright(["class", "up"], { killWhen: /dave/, killAfter: 12_000 });
  assert.equal(killed.code, null, killed.output);
  urls = urlsIn(await classed("up"));
  assert.match(await (await fetch(urls.dave ?? "")).text(), /nginx/);
  await classed("down", "--student", "dave");
  const made = await classed("up", "--paused");
  assert.match(made, /^dave .*, paused/m);
  await classed("resume", "--student", "dave");
  urls = urlsIn(made);
  assert.match(await (await fetch(urls.dave ?? "")).text(), /nginx/);
  await writeClass(students);
  assert.match(await classed("up"), /Not in the class file any more: dave\./);
});

test("labs are taken away, and results stay until they are forgotten", async () => {
  await classed("down");
  for (const student of [...students, "dave"])
    assert.deepEqual(await leftoversOf(`${name}-${student}`, engine), [], student);
  assert.deepEqual(await gradesOf(), { alice: "passed 1", bob: "tried 1", carol: "tried 1" });
  await classed("down", "--forget");
  assert.deepEqual(await gradesOf(), {
    alice: "not started 0",
    bob: "not started 0",
    carol: "not started 0",
  });
});
