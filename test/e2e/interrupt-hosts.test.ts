import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Gate, gateIn } from "../support/gate.ts";
import { type Interruption, interrupt, onLab } from "../support/interrupted.ts";
import { assertStopped, cell, interruptions } from "../support/interruptions.ts";
import type { PlainMachine, PlainSite } from "../support/plain-machine.ts";
import { sshSite } from "./ssh-site.ts";
import { hostsLab, type TestLab } from "./support.ts";

/** Two plain hosts whose sshd keeps a command in the middle of what it changes there: no cluster is needed for that. */
let site: PlainSite;
let lab: TestLab;
let gate: Gate;
const hosts: PlainMachine[] = [];
const folder = mkdtempSync(join(tmpdir(), "labwright-gate-"));

const exercise = `title: Waits
points: 10
setup:
  - on: a
    tasks:
      - file: { path: /srv/first, content: "1" }
      - file: { path: /srv/second, content: "2" }
goal:
  - title: The answer is there
    on: a
    tasks:
      - file: { path: /srv/answer, content: "42" }
      - file: { path: /srv/proof, content: "6 x 7" }
hints: []
`;

before(async () => {
  site = await sshSite("interrupt");
  for (const name of ["a", "b"]) {
    const at = join(folder, name);
    const its = gateIn(at, "/gate");
    if (name === "a") gate = its;
    const host = await site.start({ name, flags: ["--volume", `${at}:/gate`] });
    await host.inside(
      `echo 'ForceCommand ${its.command}' >/etc/ssh/sshd_config.d/99-gate.conf && systemctl reload ssh`,
    );
    hosts.push(host);
  }
  const [a, b] = hosts;
  lab = await hostsLab(
    "interrupt-hosts",
    `provider: ssh
playbooks: []
machines:
  - { name: a, role: control-plane, host: ${a?.address} }
  - { name: b, role: worker, host: ${b?.address} }
`,
  );
  const exercises = join(dirname(lab.file), "exercises/waits");
  mkdirSync(exercises, { recursive: true });
  writeFileSync(join(exercises, "task.md"), "# Waits\n\nWrite the answer.\n");
  writeFileSync(join(exercises, "exercise.yaml"), exercise);
});
after(async () => {
  await lab?.labwright(["down"]);
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ok = async (...args: string[]): Promise<void> => {
  const { code, output } = await lab.labwright(args);
  assert.equal(code, 0, output);
};

/** Which of the hosts carry the lab's mark, and whether the exercise's files are there. */
const marked = async (): Promise<string[]> => {
  const seen = await Promise.all(
    hosts.map(({ inside }) => inside("ls /etc/labwright/host.json 2>/dev/null; true")),
  );
  return hosts.filter((_, at) => seen[at] !== "").map(({ name }) => name);
};
const files = () => hosts[0]?.inside("cd /srv; ls");

interface Case {
  args: string[];
  phase: string;
  pattern: string;
  prepare?: string[][];
  /** How one goes on after a signal; it must end with 0. */
  goOn: string[][];
  /** Looks at what one signal has left, before anything goes on. */
  left?(output: string): unknown;
  whole?: number;
}

const exerciseWaits = (verb: string): string[] => ["exercise", verb, "waits"];
const cases: Case[] = [
  {
    args: ["up"],
    phase: "takes hosts",
    pattern: "set -C",
    goOn: [["up"], ["plan"], ["down"]],
  },
  {
    args: ["up"],
    phase: "runs a task",
    pattern: "draft=",
    prepare: [["down"]],
    goOn: [["up"], ["plan"]],
    left: (output) => assert.match(output, /interrupted; done: take [ab]/),
  },
  { args: ["verify"], phase: "observes", pattern: "getent ahostsv4", prepare: [["up"]], goOn: [["plan"]] },
  { args: ["status"], phase: "observes", prepare: [["up"]], pattern: "healthz", goOn: [["plan"]] },
  {
    args: ["kubeconfig"],
    phase: "observes",
    prepare: [["up"]],
    pattern: "admin.conf",
    goOn: [["plan"]],
    whole: 1,
  },
  {
    args: exerciseWaits("start"),
    phase: "sets up",
    pattern: "labwright_[a-z_]* /var/lib/labwright/before file",
    prepare: [["up"], exerciseWaits("reset")],
    goOn: [exerciseWaits("start"), exerciseWaits("reset")],
  },
  {
    args: exerciseWaits("solve"),
    phase: "does the work",
    pattern: "labwright_[a-z_]* /var/lib/labwright/before file",
    prepare: [["up"], exerciseWaits("reset"), exerciseWaits("start")],
    goOn: [exerciseWaits("solve"), exerciseWaits("reset")],
  },
  {
    args: exerciseWaits("reset"),
    phase: "undoes",
    pattern: "labwright_[a-z_]* /var/lib/labwright/before file",
    prepare: [["up"], exerciseWaits("reset"), exerciseWaits("start")],
    goOn: [exerciseWaits("reset")],
    left: async () => assert.equal(await files(), "first\nsecond", "what was set up first is still there"),
  },
  {
    args: exerciseWaits("prove"),
    phase: "records, tries or solves",
    pattern: "labwright_[a-z_]* /var/lib/labwright/before file",
    prepare: [["up"], exerciseWaits("reset")],
    goOn: [exerciseWaits("reset"), exerciseWaits("prove")],
    left: (output) => assert.match(output, /Run `labwright exercise reset waits/),
  },
  {
    args: ["down"],
    phase: "undoes a task",
    pattern: "draft=",
    prepare: [exerciseWaits("reset"), ["up"]],
    goOn: [["down"]],
    left: async () => assert.deepEqual(await marked(), ["a", "b"]),
  },
  {
    args: ["down"],
    phase: "removes machines or marks",
    pattern: "mindepth 1 ! -path",
    prepare: [["up"]],
    goOn: [["down"]],
    left: async (output) => {
      assert.match(output, /done: .*remove the lab's mark on a .*; not begun: remove the lab's mark on b/);
      assert.match(output, /Run `labwright down` again to remove the rest/);
      assert.deepEqual(await marked(), ["b"]);
    },
  },
  {
    args: ["smoke"],
    phase: "runs a task",
    pattern: "draft=",
    prepare: [["down"]],
    goOn: [],
    left: async () => assert.deepEqual(await marked(), []),
  },
];

/** The three signals are one code path; which words and what is left is asked once, and what two of them or a pipe do besides. */
const some: readonly (readonly Interruption[])[] = interruptions.filter(
  (by) => by.length > 1 || ["SIGINT", "pipe"].includes(by[0] ?? ""),
);

describe("a command that changes hosts is interrupted in the middle", { timeout: 900_000 }, () => {
  for (const { args, phase, pattern, prepare = [], goOn, left, whole = 0 } of cases)
    for (const by of some)
      test(cell(args.filter((word) => word !== "waits").join(" "), phase, by), async () => {
        for (const words of prepare) await ok(...words);
        gate.hold(pattern);
        const ended = await interrupt({
          args: onLab(lab.file, args),
          env: { KUBECONFIG: lab.kubeconfig },
          until: gate.held,
          by,
          goOn: gate.open,
        });
        if (by.includes("pipe")) assert.equal(ended.code, whole);
        else assertStopped(ended, by);
        if (by.length === 1 && !by.includes("pipe")) await left?.(ended.output);
        if (by.includes("pipe") && args[0] === "exercise" && args[1] !== "prove")
          await ok(...exerciseWaits("reset"));
        else if (!by.includes("pipe")) for (const words of goOn) await ok(...words);
      });
});
