import assert from "node:assert/strict";
import { rm, stat } from "node:fs/promises";
import { test } from "node:test";
import { keepHistories, wholeHistory } from "../../src/class/history.ts";
import { classFolder, labNameOf } from "../../src/class/labs.ts";
import { workOf, workStamp } from "../../src/class/work.ts";
import { noteHistory } from "../../src/exercises/history.ts";
import { ensureLabId } from "../../src/lab/identity.ts";
import { labFolder } from "../../src/paths.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

const one = {
  ...{ name: "autumn", file: "/course/class.yaml", labFile: "/course/lab.yaml", students: ["alice"] },
  exercises: ["jobs"],
};
const [first, second] = ["2026-11-30T10:00:00.000Z", "2026-12-01T10:00:00.000Z"];

test("a student's history survives the lab, and goes on in the next one", async () => {
  const lab = labNameOf(one, "alice");
  const historyNow = async () => (await workOf(one, "alice"))[0]?.history;
  assert.deepEqual(await historyNow(), []);
  await ensureLabId(lab);
  await keepHistories(one, "alice");
  await assert.rejects(stat(classFolder(one.name)), { code: "ENOENT" }, "nothing is kept of nothing");
  await noteHistory(lab, "jobs", { what: "started", at: first });
  const stamp = await workStamp(one, "alice");
  await noteHistory(lab, "jobs", { what: "reset", at: first });
  assert.notEqual(await workStamp(one, "alice"), stamp, "the board reads it again");
  // Killed before the lab was gone, and done again: nothing is there twice.
  await keepHistories(one, "alice");
  await keepHistories(one, "alice");
  assert.equal((await historyNow())?.length, 2);
  await rm(labFolder(lab), { recursive: true });
  assert.equal((await historyNow())?.length, 2);
  await ensureLabId(lab);
  await noteHistory(lab, "jobs", { what: "started", at: second });
  await keepHistories(one, "alice");
  assert.deepEqual(
    (await historyNow())?.map(({ what, at }) => `${what} ${at}`),
    [`started ${first}`, `reset ${first}`, `started ${second}`],
  );
});

test("what an older labwright knew of starts, solve and attempts is a part of the history, once", () => {
  const attempt = { passed: false, points: 0, of: 10, right: 1, goals: 3, hints: 0, seconds: 60 };
  const better = { ...attempt, at: second, right: 2 };
  const results = [{ attempts: 5, best: better, improvements: [{ ...attempt, at: first }, better] }];
  assert.deepEqual(
    wholeHistory([{ what: "check", ...better }], results, { started: first, solved: second }),
    [
      { what: "started", at: first },
      { what: "check", ...attempt, at: first },
      { what: "check", ...better },
      { what: "solved", at: second },
    ],
  );
  assert.deepEqual(wholeHistory([{ what: "started", at: first }], [], { started: first }), [
    { what: "started", at: first },
  ]);
});
