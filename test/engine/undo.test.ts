import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activity } from "../../src/activity/activity.ts";
import { graphOf } from "../../src/engine/graph.ts";
import type { Inventory } from "../../src/engine/observe.ts";
import type { Play, PlayTask } from "../../src/engine/play.ts";
import type { ApplyContext } from "../../src/engine/step.ts";
import { undo } from "../../src/engine/undo.ts";
import type { Host } from "../../src/hosts/types.ts";
import type { Lab } from "../../src/lab/types.ts";

const machine = (name: string) => ({ name, role: "worker", user: "root", sudo: "none" as const });
const lab = { name: "test", machines: [machine("a"), machine("b")] } as Lab;
const silent: Activity = {
  note: () => {},
  expect: () => {},
  child: (_kind, _title, work) => work(silent, () => {}),
};

/** Runs an undo of plays whose tasks are told by `undone`, and of which one fails. */
async function undoing(plays: Play[], stopped?: Set<string>): Promise<string[]> {
  const inventory = { lab, addresses: new Map(), reach: () => undefined, absent: new Map() };
  return undo({
    graph: graphOf(lab, plays),
    inventory: { ...inventory, host: async (name) => ({ name }) as Host } as Inventory,
    activity: silent,
    signal: new AbortController().signal,
    stays: () => true,
    ...(stopped && { stopped }),
  });
}

function tasks(done: string[], fails: string): (title: string) => PlayTask {
  return (title) => ({
    title,
    step: {
      probe: () => ({}),
      check: () => [],
      undo: async ({ name }: Host, context: ApplyContext) => {
        if (`${name} ${title}` === fails) throw new Error(`${fails} failed`);
        done.push(`${name} ${title}`);
        context.leave(`after ${title}`);
      },
    },
  });
}

test("after an undo that failed, nothing that it may need is undone on its machine, and others go on", async () => {
  const done: string[] = [];
  const task = tasks(done, "a mend");
  const plays: Play[] = [
    { name: "guard", on: ["worker"], after: [], tasks: [task("programs"), task("backup")] },
    { name: "work", on: ["worker"], after: [], tasks: [task("mend"), task("last")] },
  ];
  await assert.rejects(undoing(plays), /a mend failed/);
  assert.deepEqual(done, ["b last", "b mend", "b backup", "b programs", "a last"]);
});

test("a failure in one graph keeps the graphs before it from being undone on that machine", async () => {
  const done: string[] = [];
  const task = tasks(done, "a mend");
  const stopped = new Set<string>();
  await assert.rejects(
    undoing([{ name: "work", on: ["a"], after: [], tasks: [task("mend")] }], stopped),
    /failed/,
  );
  await undoing([{ name: "guard", on: ["worker"], after: [], tasks: [task("backup")] }], stopped);
  assert.deepEqual(done, ["b backup"]);
});

test("what is left in place is reported with its machine", async () => {
  const plays = [{ name: "p", on: ["a"], after: [], tasks: [tasks([], "")("one")] }];
  assert.deepEqual(await undoing(plays), ["a: after one"]);
});
