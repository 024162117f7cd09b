import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Event } from "../../../../src/activity/activity.ts";
import { startRun } from "../../../../src/activity/tree.ts";
import { forgetClass, readRecord, withClassLock, writeRecord } from "../../../../src/class/record.ts";
import { clean } from "../../../../src/commands/class/rehearse/clean.ts";
import type { RehearsalLab } from "../../../../src/commands/class/rehearse/lab.ts";
import { type RehearsalRequest, rehearse } from "../../../../src/commands/class/rehearse/run.ts";
import { rehearsalText } from "../../../../src/commands/class/rehearse/text.ts";
import { LabwrightError } from "../../../../src/errors.ts";
import { interrupted } from "../../../../src/interruption.ts";
import type { Machine } from "../../../../src/lab/types.ts";
import { useOwnDataFolder } from "../../../support/data-folder.ts";

useOwnDataFolder();
const one = {
  ...{ name: "autumn", file: "/class.yaml", labFile: "/lab.yaml" },
  ...{ students: ["alice", "bob", "carol"], exercises: ["jobs", "probes", "capacity"] },
};
const machine: Machine = { name: "cp", role: "control-plane", user: "root", sudo: "none" };

/** What an earlier rehearsal has left. */
const dead = { student: "rehearsal-dead", provider: "incus" };

/** What was done, in its order. */
let done: string[];
/** What the record said when the lab was made. */
let recorded: string | undefined;
let memory: number;

const broken = (message: string) => new LabwrightError({ code: "broken", message, remedy: "Mend it." });

function labOf(student: string, more: Partial<RehearsalLab> = {}): RehearsalLab {
  const capacity = () => ({
    ...{ place: "this computer", cpus: 4, memory, least: () => ({ memory: 512, disk: 1024 }) },
    disk: { folder: "/data", free: 50_000 + memory },
  });
  return {
    lab: { name: `autumn-${student}`, provider: "docker", machines: [machine] },
    exists: async () => false,
    needs: async () => [{ what: "source", ok: true, says: "there" }],
    capacity: async () => capacity(),
    make: async () => {
      const { rehearsal } = await readRecord("autumn");
      assert.equal(rehearsal?.provider, "docker");
      recorded = rehearsal.student;
      memory -= 1024;
      done.push("make");
    },
    prove: async (exercise) => {
      done.push(exercise);
      return [];
    },
    tidy: async () => void done.push("tidy"),
    remove: async () => {
      memory += 1024;
      done.push("remove");
    },
    ...more,
  };
}

const run = (more: Partial<RehearsalLab> = {}, request: Partial<RehearsalRequest> = {}) => {
  const events: Event[] = [];
  return startRun("rehearse", [(event) => events.push(event)], (activity) =>
    rehearse({
      ...{ one, activity, events, jobs: 2, signal: new AbortController().signal },
      open: async (student) => labOf(student, more),
      removeLeft: async ({ student, provider }) => void done.push(`remove ${student} of ${provider}`),
      ...request,
    }),
  );
};

beforeEach(() => {
  done = [];
  memory = 8192;
  recorded = undefined;
});
afterEach(() => withClassLock("autumn", () => forgetClass("autumn")));

const outcomes = ({ exercises }: Awaited<ReturnType<typeof rehearse>>) =>
  exercises.map(({ name, outcome }) => `${name} ${outcome}`);

test("the lab is recorded, made, tried with every exercise and removed", async () => {
  const result = await run();
  assert.deepEqual(done, ["make", "jobs", "probes", "capacity", "remove"]);
  assert.match(recorded ?? "", /^rehearsal-/);
  assert.equal(result.lab, `autumn-${recorded}`);
  assert.deepEqual(outcomes(result), ["jobs passed", "probes passed", "capacity passed"]);
  assert.deepEqual(
    [result.isThere, await readRecord("autumn")],
    [false, { students: [], file: "/class.yaml" }],
  );
});

test("an exercise that fails does not stop the others, which find the lab put back", async () => {
  const result = await run({
    prove: async (exercise) => {
      done.push(exercise);
      if (exercise === "jobs") return ["after the solution every goal is right: the goal is wrong"];
      if (exercise === "probes") throw broken("cp does not answer");
      return [];
    },
  });
  assert.deepEqual(done, ["make", "jobs", "tidy", "probes", "tidy", "capacity", "remove"]);
  assert.deepEqual(outcomes(result), ["jobs failed", "probes failed", "capacity passed"]);
  const text = rehearsalText(result);
  assert.match(text, /^exercise +outcome +seconds\njobs +failed +\d+\.\d\n/);
  assert.match(text, /jobs failed:\n {4}after the solution every goal is right: the goal is wrong\n/);
  assert.match(text, /probes failed:\n {4}cp does not answer\n {4}Mend it\.\n/);
});

test("a lab that cannot be put back is said with the exercise that left it so", async () => {
  const result = await run({
    prove: async (exercise) => (exercise === "jobs" ? ["wrong"] : []),
    tidy: async () => {
      throw broken("no baseline");
    },
  });
  assert.deepEqual(outcomes(result), ["jobs failed", "probes passed", "capacity passed"]);
  assert.match(rehearsalText(result), /jobs failed:\n {4}wrong\n {4}The lab was not put back: no baseline\n/);
});

test("a lab that cannot be made is removed, its exercises are skipped, and nothing is estimated", async () => {
  const result = await run({
    make: async () => {
      throw broken("the disk is full");
    },
  });
  assert.deepEqual(done, ["remove"]);
  assert.deepEqual(outcomes(result), ["jobs skipped", "probes skipped", "capacity skipped"]);
  assert.deepEqual([result.time, result.fit, result.around[0]?.outcome], [undefined, undefined, "failed"]);
  assert.match(rehearsalText(result), /make the lab failed:\n {4}the disk is full\n/);
});

test("what the lab took is measured, and the students who have no lab have to fit in what is left", async () => {
  await writeRecord("autumn", { students: ["alice"], file: "/class.yaml", measured: { memory: 7, disk: 8 } });
  const result = await run();
  assert.deepEqual(result.fit?.need, { memory: 1024, disk: 1024, networks: 1, measured: true });
  assert.deepEqual([result.time?.missing, result.time?.jobs], [2, 2]);
  assert.deepEqual(
    [result.fit?.fits, result.fit?.isEnough, result.fit?.capacity.memory],
    [1 + 7, true, 8192],
  );
  assert.deepEqual(await readRecord("autumn"), {
    ...{ students: ["alice"], file: "/class.yaml", measured: { memory: 7, disk: 8 } },
  });
  const text = rehearsalText(result);
  assert.match(text, /Time for 2 labs: about \d.*the first lab alone .*then 1 further lab, 2 side by side/);
  assert.match(
    text,
    /Needed for 2 labs: 2\.0 GiB of memory and 2\.0 GiB of disk \(1\.0 GiB of memory and 1\.0 GiB/,
  );
  assert.match(text, /All students fit: 8 labs would\./);
});

test("a class that does not fit is said with how many would", async () => {
  memory = 1024 + 512;
  const text = rehearsalText(await run());
  assert.match(text, /Not all students fit: 1 lab would\. Give the machines/);
});

test("a lab that is kept has its share already, and stays recorded", async () => {
  const result = await run({}, { keep: true });
  assert.deepEqual(done, ["make", "jobs", "probes", "capacity"]);
  assert.deepEqual([result.isThere, result.fit?.capacity.memory], [true, 7168]);
  assert.equal((await readRecord("autumn")).rehearsal?.student, recorded);
});

test("where nothing is known of the computer with the machines, it says so", async () => {
  const result = await run({ capacity: async () => undefined });
  assert.equal(result.fit, undefined);
  assert.match(rehearsalText(result), /Whether they fit is not known/);
});

test("what a killed rehearsal has left is removed before another begins", async () => {
  await writeRecord("autumn", { students: ["alice"], file: "/class.yaml", rehearsal: dead });
  await run();
  assert.deepEqual(done.slice(0, 2), ["remove rehearsal-dead of incus", "make"]);
  assert.notEqual(recorded, "rehearsal-dead");
});

test("what cannot be removed stays recorded, and no other lab is made", async () => {
  await writeRecord("autumn", { students: [], rehearsal: dead });
  const removeLeft = async () => {
    throw broken("the engine does not answer");
  };
  await assert.rejects(run({}, { removeLeft }), /the engine does not answer/);
  assert.deepEqual([done, (await readRecord("autumn")).rehearsal], [[], dead]);
  await withClassLock("autumn", () => writeRecord("autumn", { students: [] }));
  const result = await run({
    remove: async () => {
      throw broken("the engine does not answer");
    },
  });
  assert.equal(result.isThere, true);
  assert.equal((await readRecord("autumn")).rehearsal?.student, recorded);
  assert.match(rehearsalText(result), /remove the lab failed:\n {4}the engine does not answer/);
});

test("the lab of a student who got the name of an old rehearsal is not removed", async () => {
  const students = ["alice", "rehearsal-dead"];
  await writeRecord("autumn", { students, rehearsal: dead });
  const left = await startRun("clean", [], (activity) =>
    clean({
      one,
      activity,
      removeLeft: async ({ student, provider }) => void done.push(`remove ${student} of ${provider}`),
    }),
  );
  assert.deepEqual([left, done], [undefined, []]);
  assert.deepEqual(await readRecord("autumn"), { students });
});

test("nothing is made where something is missing, or the name is somebody else's", async () => {
  const needs = async () => [
    { what: "docker", ok: true, says: "Docker 29" },
    { what: "source", ok: false, says: "packages (pkgs.k8s.io) do not answer" },
  ];
  await assert.rejects(run({ needs }), {
    code: "lab-needs-missing",
    message: 'the labs of the class "autumn" cannot be made: source: packages (pkgs.k8s.io) do not answer',
    remedy: /labwright doctor --file \/lab\.yaml/,
  });
  await assert.rejects(run({ exists: async () => true }), { code: "lab-not-of-class" });
  assert.deepEqual([done, (await readRecord("autumn")).rehearsal], [[], undefined]);
});

test("after an interruption no exercise is begun, and the lab is removed all the same", async () => {
  const controller = new AbortController();
  const prove = async (exercise: string) => {
    done.push(exercise);
    controller.abort(interrupted());
    throw interrupted();
  };
  const result = await run({ prove }, { signal: controller.signal });
  assert.deepEqual(done, ["make", "jobs", "remove"]);
  assert.deepEqual(outcomes(result), ["jobs failed", "probes skipped", "capacity skipped"]);
  assert.equal(result.isThere, false);
});
