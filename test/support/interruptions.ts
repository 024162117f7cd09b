import assert from "node:assert/strict";
import type { Interrupted, Interruption } from "./interrupted.ts";

/** Everything that can happen to a command in the middle. */
export const interruptions: readonly (readonly Interruption[])[] = [
  ["SIGINT"],
  ["SIGTERM"],
  ["SIGHUP"],
  ["SIGINT", "SIGINT"],
  ["pipe"],
];

export const signals = interruptions.slice(0, 3);

export interface Row {
  command: string;
  /** Continues "while it". */
  phase: string;
  /** What a command that a signal stopped there leaves, and how to go on. */
  left: string;
}

const nothing = "nothing was changed";

/** The matrix: what docs/commands.md says, a line each, and what tests run. */
export const rows: readonly Row[] = [
  { command: "plan", phase: "observes", left: nothing },
  { command: "verify", phase: "observes", left: nothing },
  { command: "status", phase: "observes", left: nothing },
  { command: "ssh-config", phase: "observes", left: nothing },
  { command: "kubeconfig", phase: "observes", left: nothing },
  { command: "certs status", phase: "observes", left: nothing },
  { command: "certs renew", phase: "observes", left: nothing },
  { command: "etcd save", phase: "observes", left: nothing },
  { command: "etcd status", phase: "observes", left: nothing },
  { command: "ssh", phase: "finds the machine", left: nothing },
  { command: "adopt --yes", phase: "observes", left: nothing },
  { command: "up", phase: "observes", left: nothing },
  {
    command: "up",
    phase: "takes hosts",
    left: "the hosts that it names carry the lab's mark; `up` continues",
  },
  { command: "up", phase: "creates machines", left: "what was created: `up` continues, `down` removes it" },
  { command: "up", phase: "starts machines", left: "what was created: `up` continues, `down` removes it" },
  { command: "up", phase: "runs a task", left: "what it names was done; `up` continues" },
  { command: "down", phase: "observes", left: "the whole lab: run `labwright down` again" },
  { command: "down", phase: "undoes a task", left: "all machines and marks: run `labwright down` again" },
  {
    command: "down",
    phase: "removes machines or marks",
    left: "what it names as not begun: run `labwright down` again",
  },
  { command: "smoke", phase: "observes", left: "nothing: its `down` still runs" },
  { command: "smoke", phase: "creates machines", left: "nothing: its `down` still runs" },
  { command: "smoke", phase: "runs a task", left: "nothing: its `down` still runs" },
  {
    command: "exercise start",
    phase: "records the lab",
    left: "nothing was changed; it can be started again",
  },
  {
    command: "exercise start",
    phase: "sets up",
    left: "what was set up: `start` continues, `reset` takes it back",
  },
  { command: "exercise check", phase: "grades", left: "nothing was changed; the attempt does not count" },
  {
    command: "exercise hint",
    phase: "waits for another command",
    left: "nothing was changed; no hint was taken",
  },
  {
    command: "exercise solve",
    phase: "does the work",
    left: "the exercise gives no more points; run `solve` again to continue",
  },
  { command: "exercise reset", phase: "undoes", left: "the exercise stays started: run `reset` again" },
  {
    command: "exercise prove",
    phase: "records, tries or solves",
    left: "what was set up; it names the exercise to reset",
  },
  { command: "doctor", phase: "observes", left: nothing },
  { command: "doctor --fix", phase: "observes", left: "nothing was installed or started" },
  { command: "sweep", phase: "observes", left: nothing },
  { command: "sweep --delete", phase: "removes", left: "what it names: run it again" },
];

/** The matrix as docs/commands.md shows it. */
export const table = (): string =>
  [
    "| command | interrupted while it | what is left |",
    "|---|---|---|",
    ...rows.map(({ command, phase, left }) => `| \`${command}\` | ${phase} | ${left} |`),
  ].join("\n");

/** The title of the test of a cell; the matrix has to have its row. */
export function cell(command: string, phase: string, by: readonly Interruption[]): string {
  assert.ok(
    rows.some((row) => row.command === command && row.phase === phase),
    `${command}, while it ${phase}, is not a row of the matrix`,
  );
  return `${command}, while it ${phase}: ${by.join(", then ")}`;
}

/** How every command ends that signals have stopped: with 130 and words, and never as a defect. */
export function assertStopped({ code, output, seconds }: Interrupted, by: readonly Interruption[]): void {
  assert.equal(code, 130, output);
  assert.match(output, /stopping after the running tasks/);
  assert.match(output, by.length > 1 ? /stopped at once|interrupted/ : /interrupted/);
  assert.doesNotMatch(output, /defect| {4}at /);
  if (by.length > 1) assert.ok(seconds < 5, `${seconds} s`);
}
