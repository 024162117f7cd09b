import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { takeHint } from "../../../src/commands/exercise/hint.ts";
import { findExercise } from "../../../src/exercises/find.ts";
import { readHistories } from "../../../src/exercises/history.ts";
import { writeState } from "../../../src/exercises/state.ts";
import { openSession } from "../../../src/session/session.ts";
import { useOwnDataFolder } from "../../support/data-folder.ts";

useOwnDataFolder();
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-hint-"));
  await writeFile(
    join(folder, "lab.yaml"),
    "name: hints\nprovider: ssh\nplaybooks: []\nmachines: [{ name: a, role: app-server, host: 192.0.2.1 }]\n",
  );
});
after(() => rm(folder, { recursive: true }));

test("the history has each hint that was taken, and none that was locked", async () => {
  const file = join(folder, "lab.yaml");
  const session = await openSession({ file });
  const exercise = await findExercise(file, "jobs", session.artifacts);
  const opened = { session, exercise: { ...exercise, hints: ["one", "two"] } };
  const began = "2026-11-30T10:00:00.000Z";
  await writeState("hints", {
    ...{
      name: "jobs",
      began,
      started: began,
      before: {},
      found: [],
      tasks: [],
      room: [],
      hints: 0,
      checks: [],
    },
  });
  assert.equal((await takeHint(opened)).next, "unlocked");
  assert.equal((await takeHint(opened)).next, "locked");
  const entries = (await readHistories("hints")).jobs ?? [];
  assert.deepEqual(
    entries.map((entry) => [entry.what, "hint" in entry && entry.hint]),
    [["hint", 1]],
  );
});
