import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { z } from "zod";
import type { Event } from "../../src/activity/activity.ts";
import { startRun } from "../../src/activity/tree.ts";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { type Graph, graphOf } from "../../src/engine/graph.ts";
import { inspect } from "../../src/engine/inspect.ts";
import type { Inventory } from "../../src/engine/observe.ts";
import type { Play } from "../../src/engine/play.ts";
import { run } from "../../src/engine/run.ts";
import { onMachine } from "../../src/engine/step.ts";
import { undo } from "../../src/engine/undo.ts";
import { LabwrightError } from "../../src/errors.ts";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import type { Host } from "../../src/hosts/types.ts";
import type { Lab } from "../../src/lab/types.ts";
import { step } from "../../src/steps/step.ts";

/** Machines of these tests are folders of this computer: the commands are real, only the distance is missing. */
let folder: string;
let hosts: Map<string, Host>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-run-"));
  hosts = new Map();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A file with a content, on the machine that the task is on. */
const file = (name: string, content: string) =>
  step({
    summary: "…",
    params: z.strictObject({}),
    probe: (_, { machine }) => ({ content: sh`cat ${join(folder, `${machine.name}-${name}`)}` }),
    check: ({ content: { stdout } }) =>
      stdout === content ? [] : [`${name} is "${stdout}", not "${content}"`],
    apply: async (host, _, { machine }) =>
      host.write({ path: join(folder, `${machine.name}-${name}`), content }),
    undo: async (host, _, { machine }) => {
      await host.run(sh`rm -f ${join(folder, `${machine.name}-${name}`)}`);
    },
  }).bind({}, emptyStore);

const broken = step({
  summary: "…",
  params: z.strictObject({}),
  probe: () => ({ nothing: sh`true` }),
  check: () => ["never right"],
  apply: async () => {},
}).bind({}, emptyStore);

const lab: Lab = {
  name: "folders",
  provider: "docker",
  source: "auto",
  mirrors: {},
  machines: [
    { name: "a", role: "first", user: "root", sudo: "none" },
    { name: "b", role: "second", user: "root", sudo: "none" },
  ],
  cluster: {
    version: "1.36",
    runtime: "containerd",
    network: {
      plugin: "calico",
      settings: { typha: true },
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/12",
    },
  },
  playbooks: [],
};

const inventory = (): Inventory => ({
  lab,
  addresses: new Map(),
  absent: new Map(),
  reach: () => undefined,
  host: async (name) => {
    const host = hosts.get(name) ?? localHost();
    hosts.set(name, host);
    return host;
  },
});

const play = (name: string, on: string, after: string[], ...tasks: Play["tasks"]): Play => ({
  name,
  on: [on],
  after,
  tasks,
});

async function runAll(graph: Graph, signal = new AbortController().signal) {
  const events: Event[] = [];
  const work = startRun("test", [(event) => events.push(event)], (activity) =>
    run({ graph, inventory: inventory(), activity, signal }),
  );
  return { events, applied: await work.catch((error: unknown) => error) };
}

const contentOf = (name: string) => readFile(join(folder, name), "utf8").catch(() => undefined);

const twoPlays = () =>
  graphOf(lab, [
    play("one", "first", [], { title: "x", step: file("x", "1") }, { title: "y", step: file("y", "2") }),
    play("two", "second", ["one"], { title: "z", step: file("z", "3") }),
  ]);

test("applies what differs, and nothing the second time, in one round trip a machine", async () => {
  await writeFile(join(folder, "a-x"), "1");
  assert.equal((await runAll(twoPlays())).applied, 2);
  assert.deepEqual(await Promise.all(["a-x", "a-y", "b-z"].map(contentOf)), ["1", "2", "3"]);
  hosts.clear();
  assert.equal((await runAll(twoPlays())).applied, 0);
  assert.deepEqual(
    [...hosts.values()].map((host) => host.roundTrips),
    [1, 1],
  );
});

test("before the first play, each machine is shown with what is waited for there", async () => {
  const { events } = await runAll(twoPlays());
  const starts = events.flatMap((event) => (event.event === "start" ? [event] : []));
  assert.deepEqual(
    starts.slice(1, 4).map(({ kind, title, machine = "all" }) => `${kind} ${machine}: ${title}`),
    ["check all: check the machines", "check a: check the machine", "check b: check the machine"],
  );
  const notes = events.flatMap((event) => (event.event === "note" && event.id === 3 ? [event.text] : []));
  assert.deepEqual(notes, ["waiting for a connection", "waiting for the answers to 2 probes"]);
  const expected = events.flatMap((event) => (event.event === "expect" ? [event.count] : []));
  assert.deepEqual(expected, [2]);
});

test("a machine that cannot be asked ends its check as unreachable, and no play begins before that", async () => {
  const events: Event[] = [];
  const lost = { ...inventory(), host: () => Promise.reject(new Error("no route")) };
  await startRun("test", [(event) => events.push(event)], (activity) =>
    inspect({ graph: twoPlays(), inventory: lost, activity }),
  );
  const ends = events.flatMap((event) =>
    event.event === "end" && event.outcome === "unreachable" ? [event] : [],
  );
  assert.deepEqual(ends[0]?.details, ["no route"]);
  const firstPlay = events.findIndex((event) => event.event === "start" && event.kind === "play");
  assert.ok(ends[0] && events.indexOf(ends[0]) < firstPlay);
});

test("a task that still differs after it was applied is an error, and stops what waits for it but nothing else", async () => {
  const graph = graphOf(lab, [
    play("one", "first", [], { title: "bad", step: broken }, { title: "y", step: file("y", "2") }),
    play("free", "second", [], { title: "x", step: file("x", "1") }),
    play("two", "second", ["one"], { title: "z", step: file("z", "3") }),
  ]);
  const { applied, events } = await runAll(graph);
  assert.ok(applied instanceof LabwrightError && applied.code === "still-differs", String(applied));
  assert.match(applied.message, /a: bad was applied but still differs: never right/);
  assert.deepEqual(await Promise.all(["a-y", "b-x", "b-z"].map(contentOf)), [undefined, "1", undefined]);
  assert.ok(events.some((event) => event.event === "end" && event.outcome === "skipped"));
});

test("what a task leaves in place on purpose is shown with its changes", async () => {
  const leaving = step({
    summary: "…",
    params: z.strictObject({}),
    probe: () => ({ mark: sh`test -e ${join(folder, "mark")}` }),
    check: ({ mark }) => (mark.code === 0 ? [] : ["there is no mark"]),
    apply: async (host, _, context) => {
      context.leave("a file of somebody else");
      await host.write({ path: join(folder, "mark"), content: "" });
    },
    undo: async () => {},
  }).bind({}, emptyStore);
  const { events } = await runAll(graphOf(lab, [play("one", "first", [], { title: "x", step: leaving })]));
  const ends = events.flatMap((event) =>
    event.event === "end" && event.outcome === "changed" ? [event] : [],
  );
  assert.deepEqual(ends[0]?.details, ["there is no mark", "left in place: a file of somebody else"]);
});

test("a fact that an earlier task may have changed is taken again", async () => {
  const both = (title: string) => ({ title, step: file("x", "1") });
  const { applied } = await runAll(graphOf(lab, [play("one", "first", [], both("first"), both("again"))]));
  assert.equal(applied, 1);
});

test("after a change each look is at one task, and at twice as many for as long as nothing else changes", async () => {
  const names = ["v", "w", "x", "y", "z"];
  for (const name of ["w", "x", "y", "z"]) await writeFile(join(folder, `a-${name}`), "1");
  const tasks = names.map((name) => ({ title: name, step: file(name, "1") }));
  assert.equal((await runAll(graphOf(lab, [play("one", "first", [], ...tasks)]))).applied, 1);
  // The first look, the write and its check, then w, x with y, and z.
  assert.equal(hosts.get("a")?.roundTrips, 6);
});

test("an expectation that knows when to look again is spared the looks between", async () => {
  const sign = join(folder, "sign");
  const expectation = step({
    summary: "…",
    params: z.strictObject({}),
    probe: () => ({ there: sh`echo >>${sign}.looks; test -e ${sign}` }),
    check: ({ there }) => (there.code === 0 ? [] : ["there is no sign"]),
    patience: {
      seconds: 20,
      for: "a sign",
      // Its failure decides nothing.
      until: () => onMachine("b", sh`until [ -e ${sign} ]; do sleep 0.05; done; exit 1`),
    },
  }).bind({}, emptyStore);
  setTimeout(() => writeFile(sign, ""), 1500);
  const { applied } = await runAll(
    graphOf(lab, [play("one", "first", [], { title: "s", step: expectation })]),
  );
  assert.equal(applied, 0);
  assert.equal((await readFile(`${sign}.looks`, "utf8")).length, 2);
});

test("an expectation is waited for, and fails with what was missing when its time is up", async () => {
  const expectation = (seconds: number) =>
    step({
      summary: "…",
      params: z.strictObject({}),
      probe: () => ({ there: sh`test -e ${join(folder, "sign")}` }),
      check: ({ there }) => (there.code === 0 ? [] : ["there is no sign"]),
      patience: { seconds, for: "a sign" },
    }).bind({}, emptyStore);
  setTimeout(() => writeFile(join(folder, "sign"), ""), 300);
  assert.equal(
    (await runAll(graphOf(lab, [play("one", "first", [], { title: "sign", step: expectation(10) })])))
      .applied,
    0,
  );
  await rm(join(folder, "sign"));
  const { applied } = await runAll(
    graphOf(lab, [play("one", "first", [], { title: "sign", step: expectation(0.1) })]),
  );
  assert.match(String(applied), /a: timed out after 0.1 s waiting for a sign: there is no sign/);
});

test("an interrupted run stops between two tasks with exit code 130, and the next one goes on", async () => {
  const controller = new AbortController();
  const stopping = step({
    summary: "…",
    params: z.strictObject({}),
    probe: () => ({ there: sh`test -e ${join(folder, "stopped")}` }),
    check: ({ there }) => (there.code === 0 ? [] : ["not stopped"]),
    apply: async () => {
      controller.abort();
      await writeFile(join(folder, "stopped"), "");
    },
  }).bind({}, emptyStore);
  const graph = () =>
    graphOf(lab, [
      play("one", "first", [], { title: "stop", step: stopping }, { title: "y", step: file("y", "2") }),
    ]);
  const { applied } = await runAll(graph(), controller.signal);
  assert.ok(applied instanceof LabwrightError && applied.exit === 130, String(applied));
  assert.equal(await contentOf("a-y"), undefined);
  assert.equal((await runAll(graph())).applied, 1);
  assert.equal(await contentOf("a-y"), "2");
});

test("inspect changes nothing and tells each difference; undo takes away in reverse only where machines stay", async () => {
  const events: Event[] = [];
  const wrong = await startRun("test", [(event) => events.push(event)], (activity) =>
    inspect({ graph: twoPlays(), inventory: inventory(), activity }),
  );
  assert.deepEqual(
    [...wrong.keys()].map(({ title }) => title),
    ["x", "y", "z"],
  );
  assert.equal(await contentOf("a-x"), undefined);
  await runAll(twoPlays());
  await startRun("test", [], (activity) =>
    undo({
      graph: twoPlays(),
      inventory: inventory(),
      activity,
      signal: new AbortController().signal,
      stays: ({ machine }) => machine.name === "b",
    }),
  );
  assert.deepEqual(await Promise.all(["a-x", "a-y", "b-z"].map(contentOf)), ["1", "2", undefined]);
});

test("a machine that is absent or unreachable is told as such, and not as wrong", async () => {
  const lost = {
    ...inventory(),
    absent: new Map([["a", "does not exist"]]),
    host: async (): Promise<Host> => {
      throw new Error("no route");
    },
  };
  const wrong = await startRun("test", [], (activity) =>
    inspect({ graph: twoPlays(), inventory: lost, activity }),
  );
  const [first, , third] = wrong.values();
  assert.deepEqual(first, { kind: "absent", why: "a does not exist" });
  assert.deepEqual(third, { kind: "unreachable", error: new Error("no route") });
});

test("plays that wait for each other in a circle are refused by name", () => {
  const step = file("x", "1");
  const plays = [
    play("one", "first", ["two"], { title: "x", step }),
    play("two", "second", ["one"], { title: "x", step }),
  ];
  assert.throws(() => graphOf(lab, plays), /"one" → "two" → "one"|"two" → "one" → "two"/);
});
