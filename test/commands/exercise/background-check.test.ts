import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { checkInBackground } from "../../../src/commands/exercise/background-check.ts";
import { type OpenExercise, openExercise } from "../../../src/commands/exercise/shared.ts";
import { exercisesFolder } from "../../../src/exercises/folder.ts";
import { readResult } from "../../../src/exercises/results.ts";
import { readState, type State, writeState } from "../../../src/exercises/state.ts";
import type { MachineInfo } from "../../../src/providers/types.ts";
import { withLabLock } from "../../../src/session/lab-lock.ts";
import { noSshd, suiteSshd } from "../../contract/hosts-sshd.ts";
import { useOwnDataFolder } from "../../support/data-folder.ts";

const lab = `name: background
provider: ssh
playbooks: []
machines: [{ name: a, role: app-server, host: 192.0.2.1 }]
`;
const exercise = (file: string) => `title: A file
goal:
  - title: The file is there
    on: app-server
    tasks:
      - command-prints: { command: [cat, ${file}], prints: done }
`;

describe("a background check", { skip: noSshd }, () => {
  useOwnDataFolder();
  const sshd = suiteSshd();
  let folder = "";
  let opened: OpenExercise;
  let machine: MachineInfo;
  let more: MachineInfo[] = [];
  let listed = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lwtest-background-"));
    await mkdir(join(folder, "exercises", "file"), { recursive: true });
    await writeFile(join(folder, "lab.yaml"), lab);
    await writeFile(join(folder, "exercises/file/exercise.yaml"), exercise(join(folder, "answer")));
    await writeFile(join(folder, "exercises/file/task.md"), "# A file\n");
    opened = await openExercise("file", { file: join(folder, "lab.yaml") });
    opened.session.provider.list = async () => {
      listed += 1;
      return [machine, ...more];
    };
  });
  after(() => rm(folder, { recursive: true }));

  const began = "2026-12-01T00:00:00.000Z";
  const state: State = {
    ...{
      name: "file",
      began,
      started: began,
      before: {},
      found: [],
      tasks: [],
      room: [],
      hints: 0,
      checks: [],
    },
  };
  beforeEach(async () => {
    machine = {
      ...{ name: "a", running: true, address: "127.0.0.1", access: sshd().access("root") },
      reach: () => undefined,
    };
    more = [];
    listed = 0;
    // What one test has passed is not checked again.
    await rm(exercisesFolder("background"), { recursive: true, force: true });
    await writeState("background", state);
  });
  const check = (signal = new AbortController().signal) => checkInBackground(opened, signal);
  const now = () => readState("background", "file");

  test("sees what is there, apart from the student's attempts", async () => {
    await check();
    const { background, ...rest } = (await now()) ?? state;
    assert.deepEqual([background?.last.right, background?.last.goals, rest], [0, 1, state]);
    await writeFile(join(folder, "answer"), "done\n");
    await check();
    const { attempts, best } = (await readResult("background", "file")) ?? {};
    assert.deepEqual([attempts, best?.passed, best?.background], [0, true, true]);
    await rm(join(folder, "answer"));
  });

  test("does nothing with a lab that is paused, off or unreachable", async () => {
    for (const change of [
      { paused: true as const },
      { running: false, paused: true as const },
      { running: false },
      { access: { ...machine.access, privateKey: "no key" } },
    ]) {
      const usual = machine;
      machine = { ...usual, ...change };
      await check().catch((error: unknown) => assert.ok(error instanceof Error));
      machine = usual;
      assert.deepEqual(await now(), state, JSON.stringify(Object.keys(change)));
    }
  });

  test("checks a lab that lacks something, or has a machine more that is off", async () => {
    const usual = machine;
    machine = { ...usual, lacks: { words: "has 1 processor instead of 2", closed: false } };
    more = [{ ...usual, name: "old", running: false }];
    await check();
    assert.equal((await now())?.background?.last.right, 0);
  });

  test("does nothing if a machine of the lab is not found", async () => {
    more = [{ ...machine, name: "old" }];
    machine = { ...machine, name: "other" };
    await check();
    assert.deepEqual(await now(), state);
  });

  test("does not even ask for the machines while another run works on the lab", async () => {
    await withLabLock(opened.session, () => check(), { anySet: true });
    assert.deepEqual([listed, await now()], [0, state]);
    await check();
    assert.equal(listed, 1);
  });

  test("notes nothing once it is told to stop", async () => {
    const stop = new AbortController();
    const checking = check(stop.signal);
    stop.abort();
    await checking.catch((error: unknown) => assert.match(String(error), /interrupted/));
    assert.deepEqual(await now(), state);
  });
});
