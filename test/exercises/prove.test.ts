import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { z } from "zod";
import type { Event } from "../../src/activity/activity.ts";
import { startRun } from "../../src/activity/tree.ts";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import type { Inventory } from "../../src/engine/observe.ts";
import type { BoundStep } from "../../src/engine/step.ts";
import { prove } from "../../src/exercises/prove.ts";
import { readStates } from "../../src/exercises/state.ts";
import type { Exercise } from "../../src/exercises/types.ts";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import { step } from "../../src/steps/step.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();
/** The one machine is a folder of this computer; nothing else there is recorded, because labwright is not root there. */
let folder: string;
let events: Event[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-prove-"));
  events = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A file is there; `stays` after its undo. */
const file = (name: string, { stays = false } = {}): BoundStep =>
  step({
    summary: "…",
    params: z.strictObject({}),
    probe: () => ({ content: sh`cat ${join(folder, name)}` }),
    check: ({ content: { code } }) => (code === 0 ? [] : [`there is no ${name}`]),
    apply: (host) => host.write({ path: join(folder, name), content: name }),
    undo: async (host) => {
      if (!stays) await host.run(sh`rm -f ${join(folder, name)}`);
    },
  }).bind({}, emptyStore);

function exerciseOf({ setup = file("given"), goal = file("answer") } = {}): Exercise {
  const play = (name: string, one: BoundStep) => ({
    ...{ name, on: ["a"], after: [], tasks: [{ title: name, key: name, step: one }] },
  });
  return {
    ...{ name: "note", file: "", title: "", task: "", points: 1, needs: [], places: [], hints: [] },
    ...{ setup: [play("the setup", setup)], goal: [play("the goal", goal)] },
    wrong: [{ name: "nothing", on: "a", run: "false", expect: "there is no answer" }],
  };
}

function rehearse(exercise: Exercise): Promise<string[]> {
  const machine = { name: "a", role: "app-server", user: "student", sudo: "none" } as const;
  const inventory: Inventory = {
    lab: { ...defaultLab(), name: "prove", machines: [machine], playbooks: [] },
    ...{ addresses: new Map(), absent: new Map(), reach: () => undefined },
    host: async () => localHost(),
  };
  const { signal } = new AbortController();
  return startRun("prove", [(event) => events.push(event)], (activity) =>
    prove(exercise, { inventory, activity, signal }, { rehearses: true }),
  );
}

const titles = (): string[] =>
  events.flatMap((event) => (event.event === "start" && event.parent === 1 ? [event.title] : []));

test("a rehearsal starts an exercise, solves it, resets it, and starts it once more; wrong attempts are not tried", async () => {
  assert.deepEqual(await rehearse(exerciseOf()), []);
  assert.deepEqual(titles(), [
    ...["start", "after the setup every goal is wrong", "the solution can be applied"],
    ...["after the solution every goal is right", "reset by undoing alone"],
    ...["start again", "after another start every goal is wrong", "reset again"],
  ]);
  assert.deepEqual(await readStates("prove"), []);
});

test("an exercise that is solved from its start on is found", async () => {
  const found = await rehearse(exerciseOf({ goal: file("given") }));
  assert.match(found.join("\n"), /the goal "the goal" .* is right before the student did anything/);
});

test("an exercise that a reset leaves solved is found by another start", async () => {
  const found = await rehearse(exerciseOf({ goal: file("answer", { stays: true }) }));
  assert.equal(found.length, 1);
  assert.match(
    found[0] ?? "",
    /^after another start every goal is wrong: the goal "the goal" .* is right before/,
  );
});
