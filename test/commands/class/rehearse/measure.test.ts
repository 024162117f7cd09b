import assert from "node:assert/strict";
import { test } from "node:test";
import type { ActivityKind, Event } from "../../../../src/activity/activity.ts";
import { onceSecondsOf } from "../../../../src/commands/class/rehearse/measure.ts";

const start = (id: number, kind: ActivityKind, at: number): Event => ({
  ...{ event: "start", id, parent: null, kind, title: "", at },
});
const end = (id: number, at: number): Event => ({ event: "end", id, outcome: "ok", details: [], at });

test("time in which something is downloaded or built counts once, however much is done at a time", () => {
  const events = [
    ...[
      start(1, "run", 0),
      start(2, "artifact", 1000),
      start(3, "artifact", 2000),
      end(2, 4000),
      end(3, 5000),
    ],
    ...[start(4, "task", 5000), end(4, 9000), start(5, "artifact", 10_000), end(5, 10_500), end(1, 11_000)],
  ];
  assert.equal(onceSecondsOf(events), 4.5);
  assert.equal(onceSecondsOf([]), 0);
});
