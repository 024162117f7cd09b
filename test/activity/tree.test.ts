import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../src/activity/activity.ts";
import { startRun } from "../../src/activity/tree.ts";
import { LabwrightError } from "../../src/errors.ts";
import { interrupted } from "../../src/interruption.ts";

const record = () => {
  const events: Event[] = [];
  return { events, listener: (event: Event) => events.push(event) };
};

const timeless = (events: Event[]) => events.map(({ at, ...rest }) => rest);

test("a run tells its activities in order, with ids that count up and parents that exist", async () => {
  const { events, listener } = record();
  const before = Date.now();
  const result = await startRun("up basics", [listener], (run) =>
    run.child(
      "play",
      "Prepare",
      async (play, end) => {
        play.note("looking");
        await play.child(
          "task",
          "kubelet",
          async (_, endTask) => endTask({ outcome: "changed", details: ["a"] }),
          {
            machine: "w1",
          },
        );
        end({ outcome: "differs" });
        return 42;
      },
      { machine: "w1" },
    ),
  );
  assert.equal(result, 42);
  assert.deepEqual(timeless(events), [
    { event: "start", id: 1, parent: null, kind: "run", title: "up basics" },
    { event: "start", id: 2, parent: 1, kind: "play", title: "Prepare", machine: "w1" },
    { event: "note", id: 2, text: "looking" },
    { event: "start", id: 3, parent: 2, kind: "task", title: "kubelet", machine: "w1" },
    { event: "end", id: 3, outcome: "changed", details: ["a"] },
    { event: "end", id: 2, outcome: "differs", details: [] },
    { event: "end", id: 1, outcome: "ok", details: [] },
  ]);
  assert.ok(events.every(({ at }) => at >= before && at <= Date.now()));
});

test("an error ends every activity above it as failed and reaches the caller as it was", async () => {
  const { events, listener } = record();
  const error = new LabwrightError({
    code: "broken",
    message: "it broke",
    remedy: "Mend it.",
    output: "crack",
  });
  const run = startRun("up", [listener], (root) =>
    root.child("task", "break", async (_, end) => {
      end({ outcome: "ok" });
      throw error;
    }),
  );
  await assert.rejects(run, (thrown) => thrown === error);
  const shape = { code: "broken", message: "it broke", remedy: "Mend it.", output: "crack" };
  assert.deepEqual(timeless(events).slice(2), [
    { event: "end", id: 2, outcome: "failed", details: [], error: shape },
    { event: "end", id: 1, outcome: "failed", details: [], error: shape },
  ]);
});

test("an interruption ends every activity above it as stopped, also one that comes as the cause of another error", async () => {
  for (const error of [
    interrupted(),
    new LabwrightError({ code: "program-failed", message: "go", remedy: "-", cause: interrupted() }),
  ]) {
    const { events, listener } = record();
    const run = startRun("up", [listener], (root) =>
      root.child("play", "Prepare", (play) => play.child("task", "kubelet", () => Promise.reject(error))),
    );
    await assert.rejects(run, (thrown) => thrown === error);
    const ends = events.flatMap((event) => (event.event === "end" ? [event] : []));
    assert.deepEqual(
      ends.map(({ outcome, error: shape }) => `${outcome} ${shape?.code}`),
      ["stopped interrupted", "stopped interrupted", "stopped interrupted"],
    );
  }
});

test("an error that nobody foresaw has the code `unexpected` and its stack as output", async () => {
  const { events, listener } = record();
  await assert.rejects(startRun("up", [listener], () => Promise.reject(new TypeError("x is undefined"))));
  const [last] = events.slice(-1);
  assert.ok(last?.event === "end" && last.error);
  assert.equal(last.error.code, "unexpected");
  assert.match(last.error.output ?? "", /TypeError: x is undefined\n\s+at /);
});

test("work that throws before its first promise fails like any other", async () => {
  const { events, listener } = record();
  const run = startRun("up", [listener], () => {
    throw new Error("at once");
  });
  await assert.rejects(run, /at once/);
  assert.equal(events.length, 2);
});

test("a listener that throws is warned about once and does not break the run or the other listeners", async (t) => {
  const { events, listener } = record();
  const warnings = t.mock.method(process, "emitWarning", () => {});
  const broken = () => {
    throw new Error("EPIPE");
  };
  const result = await startRun("up", [broken, listener], async (run) => {
    run.note("one");
    return "done";
  });
  assert.equal(result, "done");
  assert.equal(events.length, 3);
  assert.equal(warnings.mock.callCount(), 1);
});

test("a note after the end is not told", async () => {
  const { events, listener } = record();
  let note = (_: string) => {};
  await startRun("up", [listener], async (run) => {
    note = run.note;
  });
  note("too late");
  assert.deepEqual(
    events.map(({ event }) => event),
    ["start", "end"],
  );
});
