import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Activity, Ending } from "../../../src/activity/activity.ts";
import { runPart, skipPart } from "../../../src/commands/smoke/parts.ts";
import { LabwrightError } from "../../../src/errors.ts";

const never = new AbortController().signal;

/** An activity that keeps how its children ended. */
function recorded() {
  const ends: unknown[] = [];
  const root = {
    note: () => {},
    child: (
      _kind: string,
      _title: string,
      work: (activity: Activity, end: (how: Ending) => void) => unknown,
    ) => work(root, (how) => ends.push(how)),
  } as unknown as Activity;
  return { root, ends };
}

test("a part that does its work is passed, with what it did", async () => {
  const { root, ends } = recorded();
  const part = await runPart(root, { name: "up", limit: 5, signal: never, work: async () => ["3 machines"] });
  assert.deepEqual([part.name, part.outcome, part.details], ["up", "passed", ["3 machines"]]);
  assert.deepEqual(ends, [{ outcome: "ok", details: ["3 machines"] }]);
});

test("a part that throws is failed, and nothing is thrown further", async () => {
  const error = new LabwrightError({ code: "x", message: "no disk", remedy: "Buy one." });
  const work = () => Promise.reject(error);
  const part = await runPart(recorded().root, { name: "up", limit: 5, signal: never, work });
  assert.deepEqual([part.outcome, part.details, part.error?.message], ["failed", [], "no disk"]);
});

test("a part is stopped at its limit, and its error is the limit, whatever the work throws then", async () => {
  const work = async (_: Activity, signal: AbortSignal) => {
    await sleep(10_000, undefined, { signal });
    return [];
  };
  const part = await runPart(recorded().root, { name: "verify", limit: 0.05, signal: never, work });
  assert.equal(part.outcome, "failed");
  assert.equal(part.error?.code, "smoke-limit");
  assert.ok(part.seconds < 5);
});

test("an interruption from outside ends a part with its own error", async () => {
  const stop = new AbortController();
  const work = async (_: Activity, signal: AbortSignal) => {
    setTimeout(() => stop.abort(), 20);
    await sleep(10_000, undefined, { signal });
    return [];
  };
  const part = await runPart(recorded().root, { name: "up", limit: 60, signal: stop.signal, work });
  assert.equal(part.outcome, "failed");
  assert.notEqual(part.error?.code, "smoke-limit");
});

test("a part that was not begun is skipped, and says why", async () => {
  const { root, ends } = recorded();
  const part = await skipPart(root, "exercises", "up failed");
  assert.deepEqual(part, { name: "exercises", outcome: "skipped", seconds: 0, details: ["up failed"] });
  assert.deepEqual(ends, [{ outcome: "skipped", details: ["up failed"] }]);
});
