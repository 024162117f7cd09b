import assert from "node:assert/strict";
import { test } from "node:test";
import { fitOf, timeFor } from "../../src/class/estimate.ts";

const on = (jobs: number, cpus = 4) => ({ jobs, cpus });

test("the first lab is made alone, the others side by side, and downloads count once", () => {
  const one = { seconds: 100, onceSeconds: 40 };
  assert.deepEqual(timeFor(9, one, on(4)), { missing: 9, jobs: 4, first: 100, each: 60, all: 60 + 2 * 60 });
  assert.equal(timeFor(10, one, on(4)).all, 60 + 3 * 60);
  assert.equal(timeFor(1, one, on(4)).all, 60);
  assert.equal(timeFor(0, one, on(4)).all, 0);
});

test("labs side by side wait for the processors, if these are busy with one already", () => {
  const one = { seconds: 100, onceSeconds: 0, processorSeconds: 200 };
  assert.equal(timeFor(9, one, on(8, 4)).all, 100 + (8 * 200) / 4);
  assert.equal(timeFor(9, one, on(2, 16)).all, 100 + 4 * 100, "with enough of them the rounds count");
  const half = { seconds: 100, onceSeconds: 50, processorSeconds: 200 };
  assert.equal(timeFor(9, half, on(8, 4)).all, 50 + (8 * 100) / 4, "what is done once is not shared");
});

test("labs that are there have their share; the others have to fit in what is left", () => {
  const capacity = {
    ...{ place: "this computer", cpus: 4, memory: 4608, least: () => ({ memory: 1, disk: 1 }) },
    disk: { folder: "/data", free: 100_000 },
  };
  const need = { memory: 1024, disk: 10, networks: 1, measured: true };
  assert.deepEqual(fitOf({ made: 3, missing: 4 }, need, capacity), {
    ...{ need, capacity, fits: 7, isEnough: true },
  });
  assert.deepEqual(fitOf({ made: 3, missing: 5 }, need, capacity).isEnough, false);
});
