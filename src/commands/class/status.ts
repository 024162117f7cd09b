import type { Class } from "../../class/class-file.ts";
import { type Grade, gradesOf } from "../../class/gradebook.ts";
import { labOptionsOf } from "../../class/labs.ts";
import { recordOf } from "../../class/record.ts";
import { labState } from "../../session/lab-state.ts";
import { print, printJson } from "../../ui/print.ts";
import { table } from "../../ui/table.ts";
import { type ClassOptions, openClass } from "./shared.ts";

/** Each student's lab and exercises, in a line. Logs in to no machine, and changes nothing. */
export async function classStatus(options: ClassOptions): Promise<void> {
  const { one, students } = await openClass(options);
  const record = await recordOf(one);
  const isMade = (student: string) => record.students.includes(student);
  const [states, grades] = await Promise.all([
    Promise.all(students.map((student) => (isMade(student) ? stateOf(one, student) : "not made"))),
    gradesOf(one, students),
  ]);
  const ofStudent = (student: string) => grades.filter((grade) => grade.student === student);
  if (options.json)
    return printJson(
      students.map((student, index) => ({ student, lab: states[index], exercises: ofStudent(student) })),
      2,
    );
  const head = ["student", "lab", ...one.exercises, "points"];
  const rows = students.map((student, index) => {
    const mine = ofStudent(student);
    const points = mine.reduce((sum, grade) => sum + grade.points, 0);
    return [student, states[index] ?? "", ...mine.map(gradeWords), String(points)];
  });
  print(table([head, ...rows]));
}

/** `passed`, or how far the best attempt came; and that the exercise is closed, or not open yet. */
export const gradeWords = ({ phase = "open", ...grade }: Grade): string =>
  phase === "open" ? workWords(grade) : `${workWords(grade)}, ${phase}`;

function workWords({ state, right, goals }: Grade): string {
  if (right === undefined || state === "passed") return state;
  return `${state === "tried" ? "" : `${state}, `}${right} of ${goals} right`;
}

/** What the machines of a student's lab do, in words. */
export const stateOf = (one: Class, student: string): Promise<string> => labState(labOptionsOf(one, student));
