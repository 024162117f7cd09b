import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "../../src/activity/activity.ts";
import { startRun } from "../../src/activity/tree.ts";
import { interrupted, interruptionIn, unlessInterrupted } from "../../src/interruption.ts";
import { runProgram } from "../../src/local/program.ts";
import { inRounds, removeInOrder } from "../../src/providers/machine/removal.ts";
import { interruptedText } from "../../src/ui/interrupted.ts";
import { PlainLog } from "../../src/ui/log.ts";

/** A run that compiles in the background while a task waits, and is interrupted by `reason`. */
async function compiling(reason: unknown): Promise<Event[]> {
  const stop = new AbortController();
  const events: Event[] = [];
  const running = startRun("up", [(event) => events.push(event)], async (run) => {
    await run.child("machine", "create a", async (_, end) => end({ outcome: "changed" }), { machine: "a" });
    await Promise.all([
      run.child("artifact", "Kubernetes", () => runProgram("sleep", ["20.25"], { signal: stop.signal })),
      run.child("task", "kubelet", () => sleep(20_000, undefined, { signal: stop.signal }), { machine: "a" }),
    ]);
  });
  setTimeout(() => stop.abort(reason), 100);
  await assert.rejects(running, (error) => interruptionIn(error)?.exit === 130);
  await sleep(100);
  return events;
}

test("a compilation and a pause that are interrupted are not defects", async () => {
  for (const reason of [interrupted(), undefined]) {
    const events = await compiling(reason);
    const codes = events.flatMap((event) => (event.event === "end" && event.error ? [event.error.code] : []));
    assert.deepEqual([...new Set(codes)], ["interrupted"]);
    assert.equal(
      interruptedText(events),
      "interrupted; done: create a; stopped in the middle: Kubernetes, kubelet on a",
    );
  }
  assert.equal(interruptedText([]), "interrupted; nothing was changed");
});

test("an error that only names an interruption is none", () => {
  assert.equal(interruptionIn(new Error("interrupted")), undefined);
  assert.equal(interruptionIn(new Error("x", { cause: interrupted() }))?.code, "interrupted");
});

test("a look that does not end is left behind at once", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(interrupted()), 50);
  await assert.rejects(unlessInterrupted(stop.signal, new Promise(() => {})), { code: "interrupted" });
  assert.equal(await unlessInterrupted(new AbortController().signal, Promise.resolve(1)), 1);
});

test("a warning is a line of the log at once", () => {
  const log = new PlainLog();
  log.add({ event: "start", id: 1, parent: null, kind: "run", title: "up", at: 0 });
  assert.deepEqual(log.add({ event: "warning", text: "stopping", at: 1500 }), ["    1.5s  stopping"]);
});

/** Removes two groups of two, and is interrupted in the removal of `last`; answers with what went and the last words. */
async function removing(last: string, { rounds = 4, fails = "" } = {}) {
  const stop = new AbortController();
  const events: Event[] = [];
  const gone: string[] = [];
  const removal = (what: string) => ({
    what,
    remove: async () => {
      if (what === last) stop.abort(interrupted());
      if (what === fails) throw new Error(`${what} is busy`);
      gone.push(what);
    },
  });
  const groups = [
    [removal("a"), removal("b")],
    [removal("c"), removal("d")],
  ];
  const error = await startRun("down", [(event) => events.push(event)], (activity) =>
    removeInOrder(groups, { activity, signal: stop.signal, rounds }),
  ).then(
    () => undefined,
    (error: Error) => error,
  );
  return { gone: gone.join(), error: error?.message, words: interruptedText(events) };
}

test("removals end at the boundary, and what is left is named", async () => {
  assert.deepEqual(await removing("a"), {
    gone: "a",
    error: "interrupted",
    words: "interrupted; done: remove a; not begun: remove b, remove c, remove d",
  });
  const { gone, words } = await removing("a", { rounds: 1 });
  assert.deepEqual(
    [gone, words],
    ["a,b", "interrupted; done: remove a, remove b; not begun: remove c, remove d"],
  );
});

test("few things go one by one, and many in as many rounds as are asked for", () => {
  const sizes = (count: number, rounds: number) =>
    inRounds(Array.from({ length: count }), rounds).map(({ length }) => length);
  assert.deepEqual(sizes(0, 4), []);
  assert.deepEqual(sizes(3, 4), [1, 1, 1]);
  assert.deepEqual(sizes(30, 4), [8, 8, 8, 6]);
  assert.deepEqual(sizes(3, 1), [3]);
  assert.deepEqual(sizes(3, Number.POSITIVE_INFINITY), [1, 1, 1]);
});

test("an interruption of the last removal comes too late, and none is needed to go on after a failure", async () => {
  assert.deepEqual(await removing("d").then(({ gone, error }) => [gone, error]), ["a,b,c,d", undefined]);
  const { gone, error } = await removing("", { fails: "a" });
  assert.deepEqual([gone, error], ["b", "a is busy"]);
});
