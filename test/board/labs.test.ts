import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { Board } from "../../src/board/board.ts";
import { openKept } from "../../src/board/kept.ts";
import type { StudentView } from "../../src/board/view.ts";
import { classFolder } from "../../src/class/labs.ts";
import { areComplete, keepTokens } from "../../src/class/tokens.ts";
import { openLabs } from "../../src/commands/board/labs.ts";
import { noteBackgroundCheck } from "../../src/exercises/background.ts";
import { noteCheck } from "../../src/exercises/check.ts";
import { changeState, removeState, type State, writeState } from "../../src/exercises/state.ts";
import { ensureLabId } from "../../src/lab/identity.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();
let folder = "";
const one = {
  ...{ name: "autumn", file: "", labFile: "", students: ["alice", "bob"] },
  exercises: ["jobs"],
};
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-labs-"));
  one.file = join(folder, "class.yaml");
  one.labFile = join(folder, "lab.yaml");
  await writeFile(
    one.labFile,
    "name: one\nprovider: ssh\nplaybooks: []\nmachines: [{ name: a, role: app-server, host: 192.0.2.1 }]\n",
  );
});
after(() => rm(folder, { recursive: true }));

const began = new Date().toISOString();
const state: State = {
  ...{
    name: "jobs",
    began,
    started: began,
    before: {},
    found: [],
    tasks: [],
    room: [],
    hints: 0,
    checks: [],
  },
};

test("a lab that was not made has no seat, and is not asked for its machines", async () => {
  const labs = await openLabs(one);
  const { signal } = new AbortController();
  assert.equal(await labs.seat("bob", "token", () => {}, signal), undefined);
});

test("tasks are there for a terminal, too", async () => {
  const [task] = (await openLabs(one)).tasks;
  assert.ok(task);
  assert.ok(task.plain.text.includes("Job") && task.plain.solution);
  const lines = task.plain.text.split("\n").filter((line) => line.length > 80 && !line.startsWith("    "));
  assert.deepEqual(lines, []);
});

test("the board sees what commands in other terminals write: start, check with its words, hint, reset", async () => {
  const labs = await openLabs(one);
  const board = new Board(labs, await openKept(folder), assert.ifError);
  const heard: StudentView[] = [];
  await board.refresh();
  board.listen((view) => heard.push(view));
  const work = async () => {
    await board.refresh();
    return board.viewOf("alice").works[0];
  };
  await board.refresh();
  assert.deepEqual(heard, [], "nothing is told twice");
  await ensureLabId("autumn-alice");
  await writeState("autumn-alice", state);
  assert.equal((await work())?.progress, "working");
  const graded = {
    goal: "goal 1",
    machine: "a",
    task: "a step",
    key: "the solution",
    verdict: "wrong",
  } as const;
  await noteCheck(
    "autumn-alice",
    { name: "jobs", points: 15 },
    state,
    [{ ...graded, words: ["no Job"] }],
    new Date(),
  );
  const checked = await work();
  assert.deepEqual(checked?.last, [{ machine: "a", title: "a step", verdict: "wrong", words: ["no Job"] }]);
  assert.deepEqual([checked?.attempts, checked?.right, checked?.goals], [1, 0, 1]);
  assert.doesNotMatch(JSON.stringify([checked, await labs.work("alice")]), /the solution/);
  await changeState("autumn-alice", state, (known) => ({ ...known, hints: 1 }));
  assert.equal((await work())?.hints.length, 1);
  await noteCheck(
    "autumn-alice",
    { name: "jobs", points: 15 },
    state,
    [{ ...graded, verdict: "right", words: [] }],
    new Date(),
  );
  const passed = await work();
  assert.deepEqual([passed?.progress, passed?.seenPassed], ["passed", undefined]);
  await removeState("autumn-alice", "jobs");
  assert.equal((await work())?.started, undefined);
  assert.deepEqual([...new Set(heard.map(({ student }) => student))], ["alice"]);
});

test("what a background check sees is on the instructor's page only, until it is passed", async () => {
  const labs = await openLabs(one);
  const board = new Board(labs, await openKept(folder), assert.ifError);
  const exercise = { name: "jobs", points: 15 };
  const graded = { ...{ goal: "goal 1", machine: "a", task: "a step", key: "k" }, words: ["no Job"] };
  await ensureLabId("autumn-bob");
  await writeState("autumn-bob", state);
  await board.refresh();
  const before = board.view("bob").students;
  const seen = new Date();
  await noteBackgroundCheck("autumn-bob", exercise, state, [{ ...graded, verdict: "wrong" }], seen);
  await board.refresh();
  assert.deepEqual(board.view("bob").students, before);
  assert.deepEqual(board.viewOf("bob").works[0]?.background, {
    ...{ at: seen.toISOString(), right: 0, goals: 1, progress: "working" },
  });
  await noteBackgroundCheck("autumn-bob", exercise, state, [{ ...graded, verdict: "right" }], seen);
  await board.refresh();
  const { works: [work] = [], timeline } = board.view("bob").students[0] ?? {};
  assert.deepEqual(
    [work?.progress, work?.points, work?.attempts, work?.seenPassed, work?.background, timeline],
    ["passed", 15, 0, seen.toISOString(), undefined, undefined],
  );
  const [latest] = board.view().students.find(({ student }) => student === "bob")?.timeline ?? [];
  assert.match(latest?.words ?? "", /^passed, 15 points, as a background/);
  await removeState("autumn-bob", "jobs");
});

test("a page shows no hint before it is taken", async () => {
  const labs = await openLabs(one);
  const board = new Board(labs, await openKept(folder), assert.ifError);
  await board.refresh();
  const [hint = ""] = labs.tasks[0]?.hints ?? [];
  assert.ok(hint !== "" && !JSON.stringify(board.view("alice")).includes(hint));
});

test("a student's page has the solution of labwright's own exercise once it is passed, the instructor's always", async () => {
  const labs = await openLabs({ ...one, students: ["carol", "dave"] });
  const board = new Board(labs, await openKept(folder), assert.ifError);
  const solution = JSON.stringify(labs.tasks[0]?.solution);
  assert.ok(solution.includes("stock-take"));
  const page = async (student?: string) => {
    await board.refresh();
    return JSON.stringify(board.view(student));
  };
  await ensureLabId("autumn-carol");
  await writeState("autumn-carol", state);
  const check = (verdict: "right" | "wrong") =>
    noteCheck(
      "autumn-carol",
      { name: "jobs", points: 15 },
      state,
      [{ ...{ goal: "goal 1", machine: "a", task: "a step", key: "", verdict }, words: [] }],
      new Date(),
    );
  await check("wrong");
  assert.ok(!(await page("carol")).includes(solution));
  await check("right");
  assert.ok((await page("carol")).includes(solution));
  await removeState("autumn-carol", "jobs");
  assert.ok((await page("carol")).includes(solution), "also after a reset");
  assert.ok(!(await page("dave")).includes(solution));
  assert.ok((await page()).includes(`"solutions":{"jobs":${solution}}`));
});

test("a lab that the class has not made is not touched", async () => {
  const labs = await openLabs(one);
  const refused = { code: "class-not-made", remedy: /`labwright class up`/ };
  await assert.rejects(
    labs.check("bob", "jobs", () => {}),
    refused,
  );
  await assert.rejects(
    labs.reset("bob", () => {}),
    refused,
  );
  await assert.rejects(labs.shell("bob", "a", { columns: 80, rows: 24 }), refused);
  await assert.rejects(labs.connect("bob", 30_080), refused);
  assert.equal(await labs.state("bob"), "not made");
  await labs.checkInBackground("bob", "jobs", new AbortController().signal);
});

test("a NodePort is offered if the lab has nodes", async () => {
  assert.equal((await openLabs(one)).nodePort, undefined);
  const labFile = join(folder, "cluster.yaml");
  await writeFile(
    labFile,
    "name: one\nprovider: ssh\nmachines: [{ name: cp, role: control-plane, host: 192.0.2.1 }]\n",
  );
  assert.equal((await openLabs({ ...one, labFile })).nodePort, 30_080);
});

test("each button's command names the lab", async () => {
  const labs = await openLabs(one);
  const { check, reset, extend } = labs.commands("alice");
  assert.equal(extend, `labwright class extend --file ${one.file} alice EXERCISE --by MINUTES`);
  assert.equal(check, `labwright exercise check --file ${one.labFile} --name autumn-alice EXERCISE`);
  assert.equal(reset, `labwright reset --file ${one.labFile} --name autumn-alice`);
});

test("the class file says how often the board checks in the background", async () => {
  assert.equal((await openLabs(one)).checkEvery, 5 * 60_000);
  assert.equal((await openLabs({ ...one, checkEvery: 0 })).checkEvery, 0);
});

test("tokens are made only if some are missing", async () => {
  const now = new Date();
  const tokens = await keepTokens(one, now);
  assert.ok(areComplete(tokens, one, now));
  assert.ok(!areComplete(tokens, { students: ["alice", "bob", "carol"] }, now));
  assert.ok(!areComplete(tokens, { students: ["alice"] }, now), "who left has none");
  assert.ok(!areComplete(tokens, one, new Date(now.getTime() + 91 * 86_400_000)));
});

test("the board extends a student's time as the command does, and shows both new ends", async () => {
  const closes = new Date(Date.parse(began) + 3_600_000);
  const labs = await openLabs({ ...one, times: new Map([["jobs", { closes }]]) });
  const record = join(classFolder("autumn"), "class.json");
  await mkdir(dirname(record), { recursive: true });
  await writeFile(record, JSON.stringify({ students: ["alice"], file: one.file }));
  const board = new Board(labs, await openKept(folder), assert.ifError);
  await ensureLabId("autumn-alice");
  await writeState("autumn-alice", state);
  const endsOf = async () => {
    await board.refresh();
    const { ends = "", closes = "", extended } = board.viewOf("alice").works[0] ?? {};
    return [Date.parse(ends) - Date.parse(began), Date.parse(closes) - Date.parse(began), extended];
  };
  const limit = (labs.tasks[0]?.timeLimit ?? 0) * 1000;
  assert.deepEqual(await endsOf(), [limit, 3_600_000, undefined]);
  assert.match(await labs.extend("alice", "jobs", 10), /^The time limit of jobs ends .*\njobs closes at/);
  assert.deepEqual(await endsOf(), [limit + 600_000, 4_200_000, 600]);
  await assert.rejects(labs.extend("bob", "jobs", 10), { code: "class-not-made" });
});

test("an exercise is not started before the class opens it", async () => {
  const times = new Map([["jobs", { opens: new Date(Date.now() + 3_600_000) }]]);
  const labs = await openLabs({ ...one, times });
  await assert.rejects(
    labs.start("alice", "jobs", () => {}),
    /jobs opens at/,
  );
});
