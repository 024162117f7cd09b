import assert from "node:assert/strict";
import { test } from "node:test";
import { durationOf, limitsOf } from "../../../src/commands/smoke/limits.ts";

test("limits are seconds, in whatever unit they are given, and a part that is not named keeps its own", () => {
  assert.deepEqual(limitsOf({ limit: "60m", partLimit: [] }), {
    whole: 3600,
    up: 2700,
    verify: 600,
    exercises: 1800,
    evidence: 300,
    down: 900,
  });
  const given = limitsOf({ limit: "2h", partLimit: ["up=90s", "down=1d"] });
  assert.deepEqual([given.whole, given.up, given.verify, given.down], [7200, 90, 600, 86_400]);
});

test("what is not a limit is a wrong use", () => {
  for (const limit of ["", "60", "0m", "-1m", "1.5h", "1w", "60m ", "m"])
    assert.throws(() => limitsOf({ limit, partLimit: [] }), { code: "smoke-limit-wrong", exit: 2 }, limit);
  for (const part of ["up", "up=", "up=soon", "whole=1m", "toString=1m", "=1m"])
    assert.throws(() => limitsOf({ limit: "1h", partLimit: [part] }), { code: "smoke-limit-wrong" }, part);
});

test("a limit that no timer can count is refused", () => {
  assert.equal(limitsOf({ limit: "24d", partLimit: [] }).whole, 24 * 86_400);
  for (const partLimit of [["up=25d"], ["down=2147484s"]])
    assert.throws(() => limitsOf({ limit: "1h", partLimit }), { code: "smoke-limit-long", exit: 2 });
  assert.throws(() => limitsOf({ limit: "25d", partLimit: [] }), /"25d" is longer than 24 days/);
  assert.equal(durationOf("30d"), 30 * 86_400, "a lab may be kept longer");
});

test("how long a lab is kept is checked like a limit", () => {
  assert.deepEqual(["90s", "30m", "2h", "1d"].map(durationOf), [90, 1800, 7200, 86_400]);
  assert.throws(() => durationOf("soon"), { code: "smoke-limit-wrong", exit: 2 });
});
