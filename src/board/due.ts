import { extendedBy } from "../class/times.ts";
import type { Work } from "../class/work.ts";
import { limitEnd } from "../exercises/score.ts";
import type { Task } from "./labs.ts";

export interface DueRequest {
  works: readonly Work[];
  tasks: readonly Pick<Task, "exercise" | "timeLimit" | "closes">[];
  /** Milliseconds between two checks of an exercise. */
  every: number;
  /** Student and exercise → when its last check in the background began, noted or not. */
  begun: ReadonlyMap<string, number>;
  now: number;
}

export interface DueChecks {
  /** What is to be checked now: whatever was not checked for the longest time comes first. */
  due: { student: string; exercise: string }[];
  /** How many exercises are checked in each interval. */
  open: number;
}

/** The exercises that are started, not passed with all points yet, and whose time is not over; and those whose last check is long ago. Pure. */
export function dueChecks({ works, tasks, every, begun, now }: DueRequest): DueChecks {
  const open = works.filter((work) => {
    const task = tasks.find(({ exercise }) => exercise === work.grade.exercise);
    return task !== undefined && isOpen(task, work, now);
  });
  const due = open
    .map((work) => {
      const { student, exercise } = work.grade;
      const last = Math.max(lastSeen(work), begun.get(`${student} ${exercise}`) ?? 0);
      return { student, exercise, last };
    })
    .filter(({ last }) => now - last >= every)
    .sort((one, other) => one.last - other.last);
  return { due: due.map(({ student, exercise }) => ({ student, exercise })), open: open.length };
}

function isOpen(task: Pick<Task, "timeLimit" | "closes">, { grade, state }: Work, now: number): boolean {
  // Who passed too late can have the points after an extension.
  const isDone = grade.state === "passed" && grade.points >= (grade.of ?? 0);
  if (isDone || state?.started === undefined || state.solved !== undefined) return false;
  const { started } = state;
  const ofClass = task.closes === undefined ? {} : { closes: new Date(task.closes) };
  const ends = [limitEnd(task, { ...state, started }), extendedBy(ofClass, grade.extended ?? 0).closes];
  return ends.every((end) => end === undefined || now <= end.getTime());
}

/** When the student or the board last checked it, or the student started it. */
const lastSeen = ({ state }: Work): number =>
  Math.max(
    ...[state?.started, state?.checks.at(-1)?.at, state?.background?.last.at].map((at) =>
      at === undefined ? 0 : Date.parse(at),
    ),
  );
