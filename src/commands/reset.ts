import { type Baseline, decidedBy, noBaseline, readBaseline } from "../baseline/baseline.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { setName } from "../lab/machine-set.ts";
import { choose } from "../lab/nearest.ts";
import { connectInventory } from "../session/inventory.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { look } from "../session/look.ts";
import { type LabOptions, openSession, type Session, show } from "../session/session.ts";
import { assertOwnRestore } from "../snapshots/restorable.ts";
import { print, printJson } from "../ui/print.ts";
import { sentence } from "../wording.ts";
import { reset as resetExercise } from "./exercise/reset.ts";
import { assertOwn } from "./reset/own.ts";
import { resetLab } from "./reset/reset-lab.ts";
import { differencesText, resetText } from "./reset/text.ts";
import type { ResetRequest } from "./reset/way.ts";
import { refillInBackground } from "./spare/background.ts";

export interface ResetOptions extends LabOptions {
  /** The one machine that is reset; absent: the whole lab. */
  machine?: string;
  /** The exercise that is reset instead. */
  task?: string;
  /** Shows what would be removed and put back. */
  dryRun?: boolean;
  /** Creates machines again without trying to repair them. */
  rebuild?: boolean;
  /** Takes a spare without trying to repair the machines. */
  spare?: boolean;
}

const wayOn = "Run `labwright reset` again: it goes on from what it finds.";

/** Returns the lab, or one machine of it, to its baseline, in the cheapest way whose proof holds. */
export async function reset(options: ResetOptions): Promise<void> {
  assertOne(options);
  if (options.task !== undefined) return resetExercise(options.task, options);
  const session = await openSession({ ...options, startsEngine: true });
  assertOwn(session);
  const machines = machinesOf(session, options);
  if (options.dryRun) return showDifferences(session, machines, options);
  const work = async (): Promise<void> => {
    const given = await resettable(session);
    const { result } = await show(`reset ${session.lab.name}`, { ...options, wayOn }, (activity) =>
      resetLab({ session, activity, ...given, machines, ...insteadOf(options) }),
    );
    if (!options.json) print(resetText(result));
  };
  await withLabLock(session, work, { amidRestore: options.machine === undefined });
  const refilled = await refillInBackground(session, options);
  if (refilled !== undefined && !options.json) print(`${sentence(refilled)}\n`);
}

/** What a reset returns a lab to. Throws if it has no baseline, or if somebody else's restore was cut short. */
export async function resettable(session: Session): Promise<{ baseline: Baseline }> {
  await assertOwnRestore(session.lab.name);
  return { baseline: await baselineOf(session) };
}

async function showDifferences(session: Session, machines: readonly string[], options: ResetOptions) {
  const { lab, provider, signal } = session;
  const baseline = await baselineOf(session);
  const inventory = await connectInventory(lab, provider, signal);
  try {
    const seen = await look(inventory, baseline, machines);
    const { differences, blind } = seen;
    if (options.json) printJson({ lab: lab.name, recorded: baseline.recorded, differences, blind }, 2);
    else print(differencesText(seen, baseline));
  } finally {
    await inventory.close();
  }
}

function insteadOf({ rebuild, spare }: ResetOptions): Pick<ResetRequest, "instead"> {
  if (spare) return { instead: "spare" };
  return rebuild ? { instead: "rebuild" } : {};
}

function assertOne({ machine, task, dryRun, rebuild, spare }: ResetOptions): void {
  if (spare && (rebuild || machine !== undefined))
    throw excluding("--spare replaces all machines", "--rebuild and --machine");
  if (task === undefined || (machine === undefined && !dryRun && !rebuild && !spare)) return;
  throw excluding("--task resets an exercise", "--machine, --dry-run, --rebuild and --spare");
}

const excluding = (what: string, others: string): LabwrightError =>
  new LabwrightError({
    code: "options-exclude",
    message: `${what}, and takes none of ${others}`,
    remedy: `Give ${what.split(" ")[0]} without them, or leave it out.`,
    exit: exitCode.usage,
  });

function machinesOf({ lab }: Session, { machine }: ResetOptions): string[] {
  const known = lab.machines.map(({ name }) => name);
  if (machine === undefined) return known;
  if (known.includes(machine)) return [machine];
  throw new LabwrightError({
    code: "machine-absent",
    message: `cannot reset "${machine}": the lab ${lab.name} has no such machine`,
    remedy: `For --machine: ${choose(machine, known)}.`,
    exit: exitCode.usage,
  });
}

/** Throws (exit code 2) if there is none, or if what `up` would make is something else. */
async function baselineOf({ lab }: Session): Promise<Baseline> {
  const baseline = await readBaseline(setName(lab));
  if (!baseline) throw noBaseline(lab.name);
  if (baseline.decided === decidedBy(lab)) return baseline;
  throw new LabwrightError({
    code: "baseline-outdated",
    message: `the baseline of the lab "${lab.name}" is that of another lab file or another labwright`,
    remedy:
      "Run `labwright up`, which makes the lab as its file says, and enters that into the baseline; then reset.",
    exit: exitCode.usage,
  });
}
