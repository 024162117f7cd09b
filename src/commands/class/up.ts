import { cpus } from "node:os";
import type { Activity } from "../../activity/activity.ts";
import type { Class } from "../../class/class-file.ts";
import { labOptionsOf } from "../../class/labs.ts";
import { busyAtRest } from "../../class/processors.ts";
import { type ClassRecord, readRecord, recordOf, withClassLock, writeRecord } from "../../class/record.ts";
import {
  assertRoom,
  awakeAdvice,
  type ClassCapacity,
  classCapacity,
  needOf,
  takenBetween,
} from "../../class/room.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import type { Lab } from "../../lab/types.ts";
import type { Capacity } from "../../providers/capacity.ts";
import { interruption } from "../../session/interrupt.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import type { Made } from "../../session/make-lab.ts";
import { openSession, readLab, type Session, show } from "../../session/session.ts";
import { sparesMaker, withSpares } from "../../session/spares-lock.ts";
import { print } from "../../ui/print.ts";
import { table } from "../../ui/table.ts";
import { count, inSeconds, listed } from "../../wording.ts";
import { openExercise } from "../exercise/shared.ts";
import { assertPausable, pauseLab } from "../pause.ts";
import { refillIn } from "../spare/refill.ts";
import { setsIn, wantsSpares } from "../spare/shared.ts";
import { makeOrTake } from "../up.ts";
import { eachStudent, type Outcome, resultsOf, tellFailures } from "./each.ts";
import { type ClassOptions, openClass } from "./shared.ts";

const wayOn = "Run `labwright class up` again to go on.";

export interface MadeLab {
  made: Made;
  seconds: number;
  /** Whether it was frozen then. */
  paused?: true;
}

interface UpOptions extends ClassOptions {
  /** Freeze each lab that nobody works in as soon as it is made. */
  paused?: boolean;
}

/**
 * Makes the labs of a class, or updates them: the first one alone, which shows what each of them takes, and the others side by side if
 * they fit. Exits with 1 if one failed.
 */
export async function classUp(options: UpOptions): Promise<void> {
  const { one, students } = await openClass(options);
  await withClassLock(one.name, async () => {
    const { result: outcomes } = await show(`class up ${one.name}`, { ...options, wayOn }, (activity) =>
      makeLabs(one, students, activity, options),
    );
    if (!options.json) print(await summaryOf(one, outcomes));
    tellFailures(outcomes);
  });
}

async function makeLabs(
  one: Class,
  students: readonly string[],
  activity: Activity,
  { jobs, paused = false }: UpOptions,
): Promise<Outcome<MadeLab>[]> {
  const record = await recordOf(one);
  const states = await statesOf(one, students, record);
  const missing = students.filter((student) => states.get(student) === "missing");
  const [any] = students;
  if (paused && any !== undefined) assertPausable(await openSession(labOptionsOf(one, any)));
  // A lab in which an exercise of the class cannot be started is not worth making.
  for (const student of students.slice(0, 1))
    for (const name of one.exercises) await openExercise(name, labOptionsOf(one, student));
  const [first = ""] = missing;
  const isFirst = record.measured === undefined && first !== "";
  const before = first === "" ? undefined : await capacityOf(one, first);
  await assertFit(one, missing, record.measured, before);
  const known = [...new Set([...record.students, ...students])];
  await writeRecord(one.name, { ...record, file: one.file, students: known });
  const make = (some: readonly string[]) =>
    eachStudent<MadeLab>(one, some, activity, {
      title: "up",
      jobs,
      outcome: ({ made }) => (made.applied > 0 ? "changed" : "ok"),
      run: async (session, inner, student) => {
        const result = await makeOne(session, inner);
        if (!paused || states.get(student) === "in use") return result;
        await withLabLock(session, () => pauseLab(session, inner));
        return { ...result, paused: true };
      },
    });
  if (!isFirst) return make(students);
  const load = async () => (paused ? undefined : await idleLoad(before, missing, activity));
  const busyBefore = await load();
  const [outcome] = await make([first]);
  // What one lab needs is not known then.
  if (!outcome || "error" in outcome) return outcome ? [outcome] : [];
  if (before) {
    const busy = await load();
    const after = await capacityOf(one, first);
    const measured = {
      ...takenBetween(before, after),
      ...(busyBefore !== undefined && busy !== undefined && { busy: Math.max(0, busy - busyBefore) }),
    };
    await writeRecord(one.name, { ...record, file: one.file, students: known, measured });
    await assertFit(one, missing.slice(1), measured, after);
  }
  return [outcome, ...(await make(students.filter((student) => student !== first)))];
}

/** Makes one lab with its spares. Takes the lab's lock. */
export async function makeOne(session: Session, activity: Activity): Promise<MadeLab> {
  const started = Date.now();
  const { made } = await withLabLock(session, () => makeOrTake(session, activity));
  // Whoever makes spares now goes on with that.
  const sets = setsIn(session);
  if (sets && wantsSpares(session) && !sparesMaker(session.lab.name))
    await withSpares(session.lab.name, () => refillIn(session, sets, activity));
  return { made, seconds: (Date.now() - started) / 1000 };
}

/** Whether a lab has no machines yet, or only ones that are frozen. */
type LabState = "missing" | "paused" | "in use";

/** How each student's lab is. Throws `lab-not-of-class` for a lab that the class has not made. */
async function statesOf(
  one: Class,
  students: readonly string[],
  record: ClassRecord,
): Promise<Map<string, LabState>> {
  const states = await Promise.all(
    students.map(async (student): Promise<[string, LabState]> => {
      const { lab, provider } = await openSession({ ...labOptionsOf(one, student), startsEngine: true });
      const machines = await provider.list();
      if (machines.length === 0) return [student, "missing"];
      if (!record.students.includes(student)) throw notOfClass(one, lab);
      return [student, machines.every((machine) => machine.paused) ? "paused" : "in use"];
    }),
  );
  return new Map(states);
}

/** A lab of such a name is somebody else's. */
export const notOfClass = ({ name }: Pick<Class, "name">, lab: Pick<Lab, "name">): LabwrightError =>
  new LabwrightError({
    code: "lab-not-of-class",
    message: `the lab "${lab.name}" exists, and the class "${name}" has not made it`,
    remedy: `Give the class or the student another name, or remove that lab with \`labwright down --name ${lab.name}\`.`,
    exit: exitCode.usage,
  });

/** How many processors are busy now; undefined if that is of no use, or not known. */
async function idleLoad(
  capacity: Capacity | undefined,
  missing: readonly string[],
  activity: Activity,
): Promise<number | undefined> {
  if (!capacity?.isHere || missing.length < 2) return undefined;
  activity.note("measuring how busy the processors are");
  return busyAtRest({ signal: interruption() });
}

async function capacityOf(one: Class, student: string): Promise<ClassCapacity | undefined> {
  const { provider } = await openSession(labOptionsOf(one, student));
  return classCapacity(provider);
}

/** Nothing is compared where the provider does not know what there is, as in a cloud. */
async function assertFit(
  one: Class,
  missing: readonly string[],
  measured: ClassRecord["measured"],
  capacity: ClassCapacity | undefined,
): Promise<void> {
  const [student] = missing;
  if (student === undefined || !capacity) return;
  const lab = await readLab(labOptionsOf(one, student));
  assertRoom(one.name, missing.length, needOf(lab, capacity, measured), capacity);
}

async function summaryOf(one: Class, outcomes: readonly Outcome<MadeLab>[]): Promise<string> {
  const rows = resultsOf(outcomes).map(({ student, result: { made, seconds, paused } }) => [
    student,
    inSeconds(seconds),
    `${made.from ?? (made.applied > 0 ? `${count(made.applied, "task")} changed` : "no change")}${paused ? ", paused" : ""}`,
    made.urls.join(" "),
  ]);
  const { students, measured = {} } = await readRecord(one.name);
  const running = resultsOf(outcomes).filter(({ result }) => !result.paused).length;
  const advice = awakeAdvice(running, measured, cpus().length);
  const strangers = students.filter((student) => !one.students.includes(student));
  return [
    rows.length > 0 ? table(rows) : "",
    outcomes.length === 1 && resultsOf(outcomes).length === 0
      ? "The other labs were not begun: how many fit is known when the first one is there.\n"
      : "",
    advice === undefined ? "" : `${advice}\n`,
    strangers.length > 0
      ? `Not in the class file any more: ${listed(strangers)}. \`labwright class down --student NAME\` removes such a lab.\n`
      : "",
  ].join("");
}
