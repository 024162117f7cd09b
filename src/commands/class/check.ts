import type { Class } from "../../class/class-file.ts";
import { gradesOf } from "../../class/gradebook.ts";
import { labNameOf, labOptionsOf } from "../../class/labs.ts";
import { readStates } from "../../exercises/state.ts";
import { show } from "../../session/session.ts";
import { print, printJson } from "../../ui/print.ts";
import { table } from "../../ui/table.ts";
import { checkOnce } from "../exercise/check.ts";
import { openExercise } from "../exercise/shared.ts";
import { eachStudent, tellFailures } from "./each.ts";
import { assertOfClass, type ClassOptions, openClass } from "./shared.ts";
import { gradeWords } from "./status.ts";

/** Grades the started exercises of the class, or one of them, in every lab, and changes nothing there. */
export async function classCheck(exercise: string | undefined, options: ClassOptions): Promise<void> {
  const { one, students } = await openClass(options);
  if (exercise !== undefined) assertOfClass(one, exercise);
  const wanted = exercise === undefined ? one.exercises : [exercise];
  const { result: outcomes } = await show(`class check ${one.name}`, options, (activity) =>
    eachStudent(one, students, activity, {
      title: "check",
      jobs: options.jobs,
      outcome: () => "ok",
      run: async (_, inner, student) => {
        for (const name of await startedOf(one, student, wanted)) {
          const opened = await openExercise(name, labOptionsOf(one, student));
          await checkOnce(opened, inner);
        }
      },
    }),
  );
  const grades = (await gradesOf(one, students)).filter((grade) => wanted.includes(grade.exercise));
  if (options.json) printJson({ grades });
  else
    print(
      table([
        ["student", ...wanted],
        ...students.map((student) => [
          student,
          ...grades.filter((grade) => grade.student === student).map(gradeWords),
        ]),
      ]),
    );
  tellFailures(one, outcomes);
}

/** In the class's order. */
async function startedOf(one: Class, student: string, wanted: readonly string[]): Promise<string[]> {
  const states = await readStates(labNameOf(one, student));
  return wanted.filter((name) => states.some((state) => state.name === name && state.started !== undefined));
}
