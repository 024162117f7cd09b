import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { gradeWords } from "../../../src/commands/class/status.ts";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab();
const file = join(lab.folder, "class.yaml");

before(() => {
  const record = join(lab.data, "labwright/classes/autumn/class.json");
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify({ students: ["alice"], file }));
});

test("class start refuses an exercise that is not open yet, with the time", async () => {
  writeFileSync(
    file,
    "name: autumn\nstudents: [alice]\nexercises: [{ name: jobs, opens: 2999-12-01T09:00 }]\n",
  );
  const { code, output, changes } = await lab.run(["class", "start", "jobs", "--file", file]);
  assert.equal(code, 2, output);
  assert.match(output, /jobs opens at 2999-12-01 09:00/);
  assert.match(output, /--early/);
  assert.deepEqual(changes, []);
});

test("class start --early goes on; after the end, it and check say that nothing counts", async () => {
  const early = await lab.run(["class", "start", "jobs", "--early", "--file", file]);
  assert.doesNotMatch(early.output, /opens at/);
  writeFileSync(
    file,
    "name: autumn\nstudents: [alice]\nexercises: [{ name: jobs, closes: 2020-12-01T09:00 }]\n",
  );
  for (const command of ["start", "check"]) {
    const { output } = await lab.run(["class", command, "jobs", "--file", file]);
    assert.match(output, /jobs closed at 2020-12-01 09:00: what is checked now does not count/);
  }
  const status = await lab.run(["class", "status", "--file", file]);
  assert.match(status.output, /alice .* not started, closed/);
});

test("a grade in words says how far the exercise is, and whether it can go on", () => {
  const grade = { student: "a", exercise: "jobs", attempts: 1, points: 0, hints: 0 };
  assert.equal(gradeWords({ ...grade, state: "tried" }), "tried");
  assert.equal(
    gradeWords({ ...grade, state: "tried", right: 1, goals: 3, phase: "closed" }),
    "1 of 3 right, closed",
  );
  assert.equal(gradeWords({ ...grade, state: "started", right: 1, goals: 3 }), "started, 1 of 3 right");
  assert.equal(gradeWords({ ...grade, state: "passed", phase: "open" }), "passed");
  assert.equal(gradeWords({ ...grade, state: "not started", phase: "not open" }), "not started, not open");
});
