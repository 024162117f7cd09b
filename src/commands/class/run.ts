import { labOptionsOf } from "../../class/labs.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { choose } from "../../lab/nearest.ts";
import { isControlPlane } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { connectInventory } from "../../session/inventory.ts";
import { readLab, type Session, show } from "../../session/session.ts";
import { print, printJson } from "../../ui/print.ts";
import { prefixed } from "../../ui/text.ts";
import { eachStudent, type Outcome, resultsOf, tellFailures } from "./each.ts";
import { type ClassOptions, openMade } from "./shared.ts";

export interface ClassRunOptions extends ClassOptions {
  /** The machine of each lab; absent: its control plane, or its first machine. */
  machine?: string;
}

/** Runs a command in every lab, as root, and prints what it prints. Exits with 1 if it failed somewhere. */
export async function classRun(command: string, options: ClassRunOptions): Promise<void> {
  const { one, students } = await openMade(options);
  const [first = ""] = students;
  const machine = machineOf(await readLab(labOptionsOf(one, first)), options.machine);
  const { result: outcomes } = await show("class run", { ...options, quiet: true }, (activity) =>
    eachStudent(one, students, activity, {
      title: "run",
      jobs: options.jobs,
      outcome: () => "ok",
      run: (session) => runIn(session, machine, command),
    }),
  );
  const all = resultsOf(outcomes);
  if (options.json) printJson(outcomes.map(shapeOf), 2);
  else for (const { student, result } of all) print(textOf(student, result));
  if (all.some(({ result }) => result.code !== 0)) process.exitCode = exitCode.failed;
  tellFailures(outcomes);
}

async function runIn(session: Session, machine: string, command: string): Promise<Output> {
  const { lab, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal);
  try {
    return await (await inventory.host(machine)).run(sh`sh -c ${command}`, { accept: "any", signal });
  } finally {
    await inventory.close();
  }
}

/** The machine that is meant: all labs have the same. Throws `machine-absent` (exit code 2). */
function machineOf({ machines }: Lab, machine: string | undefined): string {
  const known = machines.map(({ name }) => name);
  const name = machine ?? machines.find(isControlPlane)?.name ?? known[0] ?? "";
  if (known.includes(name)) return name;
  throw new LabwrightError({
    code: "machine-absent",
    message: `the labs of the class have no machine "${name}"`,
    remedy: `For --machine: ${choose(name, known)}.`,
    exit: exitCode.usage,
  });
}

/** An outcome for programs: what the command printed, or why it could not be run. */
function shapeOf(outcome: Outcome<Output>): object {
  if ("result" in outcome) return { student: outcome.student, ...outcome.result };
  const { code, message, remedy } = outcome.error;
  return { student: outcome.student, error: { code, message, remedy } };
}

const textOf = (student: string, { code, stdout, stderr }: Output): string =>
  prefixed(student, stdout, stderr, code === 0 ? "" : `(exit code ${code})`);
