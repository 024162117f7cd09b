import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activity } from "../../../src/activity/activity.ts";
import { limitsOf } from "../../../src/commands/smoke/limits.ts";
import type { Part } from "../../../src/commands/smoke/parts.ts";
import { runStages, type Stage } from "../../../src/commands/smoke/stage.ts";
import { type SmokePlan, stagesOf } from "../../../src/commands/smoke/stages.ts";
import type { Report } from "../../../src/commands/smoke/summary.ts";
import type { Exercise } from "../../../src/exercises/types.ts";
import type { Session } from "../../../src/session/session.ts";

const root = {
  note: () => {},
  child: (_kind: string, _title: string, work: (activity: Activity, end: () => void) => unknown) =>
    work(root, () => {}),
} as unknown as Activity;

interface Case {
  /** Names of stages that fail. */
  failing?: string[];
  options?: Partial<SmokePlan>;
}

const reportOf = (parts: Part[] = []): Report => ({ lab: {} as Report["lab"], parts, seconds: 0 });

/** Runs the stages of a smoke test with work that does nothing, and answers what became of each. */
async function outcomes({ failing = [], options = {} }: Case): Promise<Record<string, string>> {
  const signal = new AbortController().signal;
  const stages = stagesOf({
    session: { signal } as Session,
    limits: limitsOf({ limit: "1h", partLimit: [] }),
    exercises: [{ name: "first" }, { name: "second" }] as Exercise[],
    deadline: Date.now() + 60_000,
    interrupted: signal,
    report: reportOf(),
    ...options,
  }).map(
    (stage): Stage => ({
      ...stage,
      work: async () => {
        if (failing.includes(stage.name)) throw new Error(`${stage.name} is broken`);
        return [];
      },
    }),
  );
  const parts: Part[] = [];
  await runStages(root, stages, parts);
  return Object.fromEntries(
    parts.map(({ name, outcome, details }) => [name, [outcome, ...details].join(": ")]),
  );
}

test("a smoke test that passes has no stage for failures, whatever its options", async () => {
  assert.deepEqual(await outcomes({ options: { evidence: "logs", keepFor: 60 } }), {
    up: "passed",
    verify: "passed",
    "exercise first": "passed",
    "exercise second": "passed",
    down: "passed",
  });
});

test("after a part that fails the tests are skipped, logs are collected and the lab goes", async () => {
  assert.deepEqual(await outcomes({ failing: ["verify"], options: { evidence: "logs" } }), {
    up: "passed",
    verify: "failed",
    "exercise first": "skipped: verify was not passed",
    "exercise second": "skipped: verify was not passed",
    evidence: "passed",
    down: "passed",
  });
});

test("logs that cannot be collected do not keep the lab from going", async () => {
  const { evidence, down } = await outcomes({ failing: ["up", "evidence"], options: { evidence: "logs" } });
  assert.deepEqual([evidence, down], ["failed", "passed"]);
});

test("a lab that failed is kept where that was asked for, also if its expiry cannot be set", async () => {
  const keepFor = 60;
  const { keep, down } = await outcomes({ failing: ["up"], options: { keepFor } });
  assert.deepEqual([keep, down], ["passed", "skipped: the lab is kept"]);
  const unset = await outcomes({ failing: ["up", "keep"], options: { keepFor } });
  assert.deepEqual([unset.keep, unset.down], ["failed", "skipped: the lab is kept"]);
});

test("a lab whose test was interrupted goes, although a lab that failed would be kept", async () => {
  const options = { keepFor: 60, interrupted: AbortSignal.abort() };
  const { keep, down } = await outcomes({ failing: ["up"], options });
  assert.deepEqual([keep, down], [undefined, "passed"]);
});

test("the report gets until when the lab is kept, and the provider is told", async () => {
  const told: Date[] = [];
  const provider = { expireAt: async (time: Date) => void told.push(time) };
  const report = reportOf();
  const signal = new AbortController().signal;
  const keep = stagesOf({
    ...{
      session: { signal, provider } as unknown as Session,
      exercises: [],
      deadline: 0,
      interrupted: signal,
    },
    ...{ limits: limitsOf({ limit: "1h", partLimit: [] }), keepFor: 3600, report },
  }).find(({ name }) => name === "keep");
  const before = Date.now();
  await keep?.work(root, signal);
  assert.deepEqual(told, [report.keptUntil]);
  assert.ok(Math.abs((told[0]?.getTime() ?? 0) - before - 3_600_000) < 5000);
});

test("a stage ends at the whole test's deadline, and one without a deadline at its own limit", async () => {
  const waits = async (_: Activity, signal: AbortSignal): Promise<string[]> => {
    await new Promise((_done, stop) =>
      signal.addEventListener("abort", () => stop(new Error("stopped")), { once: true }),
    );
    return [];
  };
  const common = { signal: new AbortController().signal, turn: () => "run" as const, work: waits };
  const parts: Part[] = [];
  const stages: Stage[] = [
    { ...common, name: "up", limit: 60, deadline: Date.now() + 50 },
    { ...common, name: "down", limit: 0.05 },
  ];
  await runStages(root, stages, parts);
  assert.deepEqual(
    parts.map(({ outcome, error }) => [outcome, error?.message]),
    [
      ["failed", "up took longer than its limit of 0 s"],
      ["failed", "down took longer than its limit of 0 s"],
    ],
  );
});
