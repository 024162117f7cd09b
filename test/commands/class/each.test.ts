import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "../../../src/activity/activity.ts";
import { startRun } from "../../../src/activity/tree.ts";
import type { Class } from "../../../src/class/class-file.ts";
import { logOf } from "../../../src/class/labs.ts";
import { eachStudent, type Work } from "../../../src/commands/class/each.ts";
import { LabwrightError } from "../../../src/errors.ts";
import { useOwnDataFolder } from "../../support/data-folder.ts";

useOwnDataFolder();
let folder = "";
let one: Class;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-each-"));
  one = {
    ...{ name: "autumn", file: join(folder, "class.yaml"), labFile: join(folder, "lab.yaml"), exercises: [] },
    students: ["alice", "bob", "carol", "dave"],
  };
  // Existing hosts are not connected to before somebody asks.
  await writeFile(
    one.labFile,
    "name: one\nprovider: ssh\nplaybooks: []\nmachines: [{ name: a, role: app-server, host: 192.0.2.1 }]\n",
  );
});
after(() => rm(folder, { recursive: true }));

async function each<T>(work: Work<T>) {
  const events: Event[] = [];
  const outcomes = await startRun("class", [(event) => events.push(event)], (activity) =>
    eachStudent(one, one.students, activity, work),
  );
  return { outcomes, events };
}

const broken = () =>
  new LabwrightError({ code: "broken", message: "its disk is full", remedy: "Free some." });

test("each student's lab has its own name, and as many as asked are worked on side by side", async () => {
  let now = 0;
  let most = 0;
  const three = Promise.withResolvers<void>();
  const { outcomes } = await each({
    title: "up",
    jobs: 3,
    run: async ({ lab }) => {
      now += 1;
      most = Math.max(most, now);
      if (now === 3) three.resolve();
      // Nobody ends before three have begun.
      await three.promise;
      now -= 1;
      return lab.name;
    },
  });
  assert.deepEqual(
    outcomes,
    one.students.map((student) => ({ student, result: `autumn-${student}` })),
  );
  assert.equal(most, 3);
});

test("a lab that fails does not stop the others, and its line says why", async () => {
  const { outcomes, events } = await each({
    title: "up",
    jobs: 1,
    run: async (_, __, student) => {
      if (student === "bob") throw broken();
      return student;
    },
  });
  assert.deepEqual(
    outcomes.map((outcome) => ("result" in outcome ? outcome.result : outcome.error.message)),
    ["alice", "its disk is full", "carol", "dave"],
  );
  const ends = events
    .filter((event) => event.event === "end")
    .map(({ outcome, details }) => [outcome, ...details]);
  assert.deepEqual(ends, [["changed"], ["failed", "its disk is full"], ["changed"], ["changed"], ["ok"]]);
});

test("a defect is not taken for a lab that failed, and is thrown when all workers have ended", async () => {
  const seen: string[] = [];
  const work = each({
    title: "up",
    jobs: 2,
    run: async (_, __, student) => {
      if (student === "alice") throw new TypeError("a defect");
      await sleep(20);
      seen.push(student);
    },
  });
  await assert.rejects(work, TypeError);
  assert.deepEqual(seen, ["bob", "carol", "dave"]);
});

test("a log that cannot be written does not end the work", async () => {
  await rm(logOf("autumn", "alice"), { force: true });
  await mkdir(logOf("autumn", "alice"), { recursive: true });
  const { outcomes } = await each({ title: "up", run: async (_, activity) => activity.note("busy") });
  assert.equal(outcomes.filter((outcome) => "result" in outcome).length, 4);
  await rm(logOf("autumn", "alice"), { recursive: true });
});

test("what is done in a lab is its line's note, and in the student's log", async () => {
  const { events } = await each({
    title: "up",
    jobs: 4,
    run: async (_, activity) => {
      await activity.child("task", "start the kubelet", async (__, end) => end({ outcome: "changed" }), {
        machine: "cp",
      });
    },
  });
  assert.ok(events.some((event) => event.event === "note" && event.text === "cp: start the kubelet"));
  const log = await readFile(logOf("autumn", "carol"), "utf8");
  assert.match(log, /cp +start the kubelet +changed/);
  assert.match(log, /up carol +ok/);
});
