import type { Activity } from "../../activity/activity.ts";
import type { Class } from "../../class/class-file.ts";
import { type Grade, gradesOf } from "../../class/gradebook.ts";
import { labNameOf, labOptionsOf } from "../../class/labs.ts";
import type { Score } from "../../exercises/score.ts";
import { readStates } from "../../exercises/state.ts";
import { show } from "../../session/session.ts";
import { print, printJson } from "../../ui/print.ts";
import { table } from "../../ui/table.ts";
import { checkOnce } from "../exercise/check.ts";
import { openExercise } from "../exercise/shared.ts";
import { eachStudent, resultsOf, tellFailures } from "./each.ts";
import { assertOfClass, type ClassOptions, openMade } from "./shared.ts";
import { gradeWords } from "./status.ts";
import { closedWords } from "./times.ts";

/** Grades the started exercises of the class, or one of them, in every lab, and changes nothing there. */
export async function classCheck(exercise: string | undefined, options: ClassOptions): Promise<void> {
  const { one, students } = await openMade(options);
  if (exercise !== undefined) assertOfClass(one, exercise);
  const wanted = exercise === undefined ? one.exercises : [exercise];
  const work = (activity: Activity) =>
    eachStudent<Map<string, Score>>(one, students, activity, {
      title: "check",
      jobs: options.jobs,
      outcome: () => "ok",
      run: async (_, inner, student) => {
        const scores = new Map<string, Score>();
        for (const name of await startedOf(one, student, wanted)) {
          const opened = await openExercise(name, labOptionsOf(one, student));
          scores.set(name, (await checkOnce(opened, inner)).score);
        }
        return scores;
      },
    });
  // One document for programs, and no events beside it.
  const shown = await show(`class check ${one.name}`, options.json ? { quiet: true } : {}, work);
  const outcomes = shown.result;
  const grades = (await gradesOf(one, students)).filter((grade) => wanted.includes(grade.exercise));
  const now = new Map(resultsOf(outcomes).map(({ student, result }) => [student, result]));
  const checked = grades.map((grade) => ({ ...grade, now: now.get(grade.student)?.get(grade.exercise) }));
  if (options.json) printJson(checked, 2);
  else {
    const rows = students.map((student) => [
      student,
      ...checked.filter((one) => one.student === student).map(checkedWords),
    ]);
    print(table([["student", ...wanted], ...rows]));
    for (const name of wanted) {
      const still = grades.filter((grade) => grade.exercise === name && grade.phase === "open");
      print(closedWords(one, name, new Date(), { except: still.map(({ student }) => student) }));
    }
  }
  tellFailures(outcomes);
}

/** What was seen now; the best result too, if it is another. */
function checkedWords(grade: Grade & { now: Score | undefined }): string {
  const { now, right, goals } = grade;
  if (!now) return gradeWords(grade);
  const words = now.passed ? "passed" : `${now.right} of ${now.goals} right`;
  const isLess = grade.state === "passed" ? !now.passed : now.right < (right ?? 0);
  if (!isLess) return words;
  return `${words} (best: ${grade.state === "passed" ? "passed" : `${right} of ${goals}`})`;
}

/** In the class's order. */
async function startedOf(one: Class, student: string, wanted: readonly string[]): Promise<string[]> {
  const states = await readStates(labNameOf(one, student));
  return wanted.filter((name) => states.some((state) => state.name === name && state.started !== undefined));
}
