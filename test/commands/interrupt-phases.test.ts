import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type State, withStates } from "../../src/exercises/state.ts";
import { makeUser, noSshd, suiteSshd } from "../contract/hosts-sshd.ts";
import { type Agent, sshAgent } from "../support/agent.ts";
import { gateIn } from "../support/gate.ts";
import { type Interrupted, type Interruption, interrupt, onLab } from "../support/interrupted.ts";
import { assertStopped, cell, interruptions } from "../support/interruptions.ts";

/** A lab of one host on which nothing can be changed, and whose sshd keeps a command in the middle of a phase. */
const folder = mkdtempSync(join(tmpdir(), "lwtest-phases-"));
const file = join(folder, "lab.yaml");
const states = join(folder, "labwright/labs/phases/exercises");
const stateFile = join(states, "waits.json");
const gate = gateIn(join(folder, "gate"));
let agent: Agent;

const exercise = `title: Waits
points: 10
setup: []
goal:
  - title: The answer is there
    on: a
    tasks:
      - file: { path: /tmp/labwright-test-answer, content: "done" }
hints: ["Write it."]
`;

const env = () => ({
  XDG_DATA_HOME: folder,
  HOME: folder,
  KUBECONFIG: join(folder, "config"),
  SSH_AUTH_SOCK: agent.socket,
});

const labwright = (...args: string[]): Promise<Interrupted> =>
  interrupt({ args: onLab(file, args), env: env(), until: async () => {}, by: [] });

const state = (): State | undefined => {
  try {
    return JSON.parse(readFileSync(stateFile, "utf8"));
  } catch {
    return undefined;
  }
};
const forget = () => rmSync(states, { recursive: true, force: true });

let started: string | undefined;
/** The exercise as it is right after its start. */
async function start(): Promise<void> {
  forget();
  if (started === undefined) {
    const { code, output } = await labwright("exercise", "start", "waits");
    assert.equal(code, 0, output);
    started = readFileSync(stateFile, "utf8");
  }
  mkdirSync(states, { recursive: true });
  writeFileSync(stateFile, started);
}

interface Case {
  args: string[];
  phase: string;
  /** Of the script in which the command is kept. */
  pattern: string;
  prepare(): unknown;
  /** Looks at what a signal has left. */
  left(ended: Interrupted, by: readonly Interruption[]): unknown;
  /** The exit code of the whole command, which it also has if nobody reads its output. */
  whole: number;
}

const probe = "stat -c .*labwright-test-answer";
const cases: Case[] = [
  {
    args: ["exercise", "start", "waits"],
    phase: "records the lab",
    pattern: probe,
    prepare: forget,
    left: () => assert.equal(state(), undefined),
    whole: 0,
  },
  {
    args: ["exercise", "check", "waits"],
    phase: "grades",
    pattern: probe,
    prepare: start,
    left: () => assert.deepEqual(state()?.checks, []),
    whole: 1,
  },
  {
    args: ["exercise", "solve", "waits"],
    phase: "does the work",
    pattern: probe,
    prepare: start,
    left: () => assert.ok(state()?.solved),
    // Nobody is root there, so that the work fails.
    whole: 1,
  },
  {
    args: ["exercise", "reset", "waits"],
    phase: "undoes",
    pattern: "labwright_restore /var/lib/labwright/before file",
    prepare: start,
    left: async () => {
      assert.ok(state(), "it stays started");
      assert.equal((await labwright("exercise", "reset", "waits")).code, 0);
      assert.equal(state(), undefined);
    },
    whole: 0,
  },
  {
    args: ["exercise", "prove", "waits"],
    phase: "records, tries or solves",
    pattern: probe,
    prepare: forget,
    left: ({ output }, by) => {
      if (by.length === 1 && state()) assert.match(output, /Run `labwright exercise reset waits --file \S+`/);
    },
    whole: 1,
  },
];

describe("a command that is interrupted in the middle", { skip: noSshd }, () => {
  for (const path of [folder, join(folder, "gate")]) chmodSync(path, 0o777);
  const sshd = suiteSshd([`ForceCommand ${gate.command}`]);
  before(async () => {
    const user = makeUser(sshd(), "phases");
    agent = await sshAgent(String(sshd().access(user).privateKey));
    writeFileSync(
      file,
      `name: phases\nprovider: ssh\nplaybooks: []\nmachines:\n  - { name: a, role: jump-host, user: ${user}, sudo: none, host: "127.0.0.1:${sshd().port}" }\n`,
    );
    const exercises = join(folder, "exercises/waits");
    mkdirSync(exercises, { recursive: true });
    writeFileSync(join(exercises, "task.md"), "# Waits\n\nWrite the answer.\n");
    writeFileSync(join(exercises, "exercise.yaml"), exercise);
  });
  after(async () => {
    await agent?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { args, phase, pattern, prepare, left, whole } of cases)
    for (const by of interruptions)
      test(cell(args.slice(0, -1).join(" "), phase, by), async () => {
        await prepare();
        gate.hold(pattern);
        const ended = await interrupt({
          args: onLab(file, args),
          env: env(),
          until: gate.held,
          by,
          goOn: gate.open,
        });
        if (by.includes("pipe")) return assert.equal(ended.code, whole);
        assertStopped(ended, by);
        await left(ended, by);
      });

  test("exercise prove: what an interruption leaves is reset, and can be proven again", async () => {
    forget();
    await start();
    const again = await labwright("exercise", "prove", "waits");
    assert.equal(again.code, 2, again.output);
    assert.equal((await labwright("exercise", "reset", "waits")).code, 0);
    assert.doesNotMatch((await labwright("exercise", "prove", "waits")).output, /started exercises/);
  });

  test(cell("exercise hint", "waits for another command", ["SIGINT"]), async () => {
    await start();
    process.env.XDG_DATA_HOME = folder;
    const ended = await withStates("phases", () =>
      interrupt({
        args: onLab(file, ["exercise", "hint", "waits"]),
        env: env(),
        until: () => sleep(3000),
        by: ["SIGINT"],
      }),
    );
    assertStopped(ended, ["SIGINT"]);
    assert.equal(state()?.hints, 0);
    assert.ok(ended.seconds < 3, `${ended.seconds} s`);
  });
});
