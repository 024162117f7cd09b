import { emptyStore } from "../../artifacts/lazy.ts";
import type { Class } from "../../class/class-file.ts";
import { gradesOf } from "../../class/gradebook.ts";
import { labNameOf } from "../../class/labs.ts";
import { clock, extendedBy, type Times } from "../../class/times.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { extend } from "../../exercises/extend.ts";
import { findExercise } from "../../exercises/find.ts";
import { limitEnd } from "../../exercises/score.ts";
import { print, printJson } from "../../ui/print.ts";
import { assertOfClass, openMade } from "./shared.ts";

export interface ClassExtendOptions {
  /** The class file; absent: class.yaml. */
  file?: string;
  /** In minutes. */
  by: number;
  json?: boolean;
}

/** A student's ends of an exercise after an extension. */
export interface Extension {
  student: string;
  exercise: string;
  /** By how many seconds the time has been extended since the start. */
  extended: number;
  /** When the time limit ends; absent without one. */
  ends?: Date;
  /** When the exercise closes for the student; absent if it does not. */
  closes?: Date;
}

/** Gives one student more time for an exercise that is started in the student's lab. */
export async function classExtend(
  student: string,
  exercise: string,
  { by, json, ...options }: ClassExtendOptions,
): Promise<void> {
  const { one } = await openMade({ ...options, student: [student] });
  assertOfClass(one, exercise);
  const extension = await extendTime(one, student, exercise, by);
  if (json) printJson(extension, 2);
  else print(`${extensionWords(extension, new Date())}\n`);
}

/** Moves the end of the time limit, and the time at which the class closes the exercise for the student. Throws `exercise-without-end`. */
export async function extendTime(
  one: Class,
  student: string,
  name: string,
  minutes: number,
): Promise<Extension> {
  const exercise = await findExercise(one.labFile, name, emptyStore);
  const times = one.times?.get(name);
  if (exercise.timeLimit === undefined && !times?.closes) throw withoutEnd(name);
  const state = await extend(labNameOf(one, student), name, minutes);
  const ends = limitEnd(exercise, state);
  const closes = times && (await closesFor(one, student, name, times));
  return {
    ...{ student, exercise: name, extended: state.extended ?? 0 },
    ...(ends && { ends }),
    ...(closes && { closes }),
  };
}

/** As grading has it. */
async function closesFor(
  one: Class,
  student: string,
  exercise: string,
  times: Times,
): Promise<Date | undefined> {
  const grade = (await gradesOf(one, [student])).find((known) => known.exercise === exercise);
  return extendedBy(times, grade?.extended ?? 0).closes;
}

/** What an extension came to, in words; also if it is not enough. */
export function extensionWords({ student, exercise, ends, closes }: Extension, now: Date): string {
  const over = (end: Date): string => (end < now ? ", which is over: extend it by more" : "");
  return [
    ...(ends ? [`The time limit of ${exercise} ends at ${clock(ends)} for ${student}${over(ends)}.`] : []),
    ...(closes ? [`${exercise} closes at ${clock(closes)} for ${student}${over(closes)}.`] : []),
  ].join("\n");
}

const withoutEnd = (name: string): LabwrightError =>
  new LabwrightError({
    code: "exercise-without-end",
    message: `${name} has neither a time limit nor a time at which the class file closes it`,
    remedy: "Extend an exercise that has one of them.",
    exit: exitCode.usage,
  });
