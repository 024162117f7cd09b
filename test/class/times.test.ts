import assert from "node:assert/strict";
import { test } from "node:test";
import { parseClass } from "../../src/class/class-file.ts";
import { clock, phaseAt } from "../../src/class/times.ts";

const at = (time: string): Date => new Date(`2026-12-01T${time}:00Z`);
const times = { opens: at("09:00"), closes: at("11:00") };

for (const [time, phase] of [
  ["08:59", "not open"],
  ["09:00", "open"],
  ["11:00", "open"],
  ["11:01", "closed"],
] as const)
  test(`at ${time} an exercise from 9 to 11 is ${phase}`, () =>
    assert.equal(phaseAt(times, at(time)), phase));

test("a time that is absent limits nothing", () => {
  assert.equal(phaseAt({}, at("08:00")), "open");
  assert.equal(phaseAt({ opens: times.opens }, at("12:00")), "open");
  assert.equal(phaseAt({ closes: times.closes }, at("08:00")), "open");
});

const exercises = (text: string) =>
  parseClass(`name: autumn\nstudents: 1\nexercises: [${text}]\n`, "class.yaml");

test("times are of this computer, or have an offset", async () => {
  const one = await exercises(
    "jobs, { name: probes, opens: 2026-12-01T09:00, closes: 2026-12-03T11:00+02:00 }, { name: capacity }",
  );
  assert.deepEqual(one.exercises, ["jobs", "probes", "capacity"]);
  assert.deepEqual(
    one.times,
    new Map([["probes", { opens: new Date(2026, 11, 1, 9), closes: new Date("2026-12-03T09:00:00Z") }]]),
  );
  const utc = await exercises("{ name: jobs, closes: 2026-12-01T11:00:30Z }");
  assert.equal(utc.times?.get("jobs")?.closes?.toISOString(), "2026-12-01T11:00:30.000Z");
});

test("a time is shown as the clock of this computer", () => {
  assert.equal(clock(new Date(2026, 0, 2, 3, 4)), "2026-01-02 03:04");
});
