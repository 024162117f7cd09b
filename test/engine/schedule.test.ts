import assert from "node:assert/strict";
import { test } from "node:test";
import { graphOf } from "../../src/engine/graph.ts";
import type { Play } from "../../src/engine/play.ts";
import { type StageEnd, schedule } from "../../src/engine/schedule.ts";
import type { Software } from "../../src/lab/available.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import type { Lab, Machine } from "../../src/lab/types.ts";

const machine = (name: string, software: Software[] = [], role = "worker"): Machine => ({
  ...{ name, role, user: "root", sudo: "none", software },
});
const lab: Lab = { ...defaultLab(), machines: [machine("a"), machine("b", ["docker"])] };
const play = (name: string, on: string, after: string[] = []): Play => ({ name, on: [on], after, tasks: [] });

/** Schedules plays, and answers in which order their stages began and ended: `+play@machine`, `-play@machine`. */
async function scheduled(
  plays: Play[],
  endOf: (name: string) => Partial<StageEnd> = () => ({}),
  machines = lab.machines,
) {
  const order: string[] = [];
  const told = new Map<string, readonly StageEnd[]>();
  await schedule(graphOf({ ...lab, machines }, plays), async (hostPlay, before) => {
    const name = `${hostPlay.play.name}@${hostPlay.machine.name}`;
    order.push(`+${name}`);
    told.set(name, before);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`-${name}`);
    return { changed: false, applied: 0, ...endOf(name) };
  });
  return { order, told };
}

test("stages of one machine run in order, and machines side by side", async () => {
  const { order } = await scheduled([play("one", "all"), play("two", "all")]);
  assert.deepEqual(order.slice(0, 2), ["+one@a", "+one@b"]);
  for (const name of ["a", "b"]) assert.ok(order.indexOf(`-one@${name}`) < order.indexOf(`+two@${name}`));
});

test("a hostPlay waits for its `after` on every machine, wherever in the list that stands", async () => {
  const { order } = await scheduled([play("late", "a", ["early"]), play("early", "b")]);
  assert.deepEqual(order, ["+early@b", "-early@b", "+late@a", "-late@a"]);
});

test("each hostPlay runs once, and is told how those before it ended", async () => {
  const failure = new Error("broken");
  const plays = [play("one", "all"), play("two", "a"), play("three", "b", ["two"])];
  const { order, told } = await scheduled(plays, (name) => (name === "one@a" ? { failure } : {}));
  assert.equal(order.length, 8);
  assert.equal(new Set(order).size, 8);
  assert.equal(told.get("two@a")?.[0]?.failure, failure);
  assert.deepEqual(
    told.get("three@b")?.map((end) => end.failure),
    [undefined, undefined],
  );
});

test("a play on `software=docker` is on the machines whose software has it", async () => {
  const { order } = await scheduled([play("engine", "software=docker")]);
  assert.deepEqual(order, ["+engine@b", "-engine@b"]);
});

const controlPlanes = ["cp1", "cp2", "cp3"].map((name) => machine(name, [], "control-plane"));

test("a serial play runs on one machine after the other, and what waits for it waits for all", async () => {
  const plays = [{ ...play("join", "control-planes"), serial: true }, play("end", "localhost", ["join"])];
  const { order, told } = await scheduled(
    plays,
    (name) => (name === "join@cp2" ? { failure: "broken" } : {}),
    controlPlanes,
  );
  assert.deepEqual(
    order.join(" "),
    "+join@cp1 -join@cp1 +join@cp2 -join@cp2 +join@cp3 -join@cp3 +end@localhost -end@localhost",
  );
  assert.deepEqual(
    told.get("join@cp3")?.map(({ failure }) => failure),
    [undefined, "broken"],
  );
});

test("a play on the role control-plane runs on the first control plane, and one on control-planes on each", async () => {
  const { order } = await scheduled(
    [play("one", "control-plane"), play("all", "control-planes")],
    undefined,
    controlPlanes,
  );
  assert.deepEqual(
    order.filter((name) => name.startsWith("+")),
    ["+one@cp1", "+all@cp2", "+all@cp3", "+all@cp1"],
  );
});
