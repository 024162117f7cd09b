import { stat } from "node:fs/promises";
import { join } from "node:path";
import { exercisesFolder } from "../exercises/folder.ts";
import { type HistoryEntry, historyFolder } from "../exercises/history.ts";
import { readStates, type State } from "../exercises/state.ts";
import type { Class } from "./class-file.ts";
import { type Grade, gradesWith, resultsOf } from "./gradebook.ts";
import { historiesOf, wholeHistory } from "./history.ts";
import { classFolder, labNameOf } from "./labs.ts";

/** A student's grade for an exercise, with what is recorded since its last start. */
export interface Work {
  grade: Grade;
  /** Absent if it is not started. */
  state?: Pick<State, "started" | "extended" | "solved" | "hints" | "checks" | "seen" | "background">;
  /** What is known to have happened, over all starts and labs, the oldest first. */
  history?: readonly HistoryEntry[];
}

/** One student's work on every exercise of the class, in the class file's order. Connects to nothing. */
export async function workOf(one: Class, student: string): Promise<Work[]> {
  const states = await readStates(labNameOf(one, student));
  const grades = await gradesWith(one, student, states);
  const [noted, results] = [await historiesOf(one, student), await resultsOf(one, student)];
  return grades.map((grade) => {
    const { exercise } = grade;
    const state = states.find(({ name }) => name === exercise);
    const history = wholeHistory((noted.get(exercise) ?? []).flat(), results.get(exercise) ?? [], state);
    return { grade, ...(state?.started !== undefined && { state }), history };
  });
}

/** Changes whenever a file changes that `workOf` reads: files are replaced, which changes the time of their folder. */
export async function workStamp(one: Class, student: string): Promise<string> {
  const exercises = exercisesFolder(labNameOf(one, student));
  const folders = [
    exercises,
    join(exercises, "results"),
    historyFolder(labNameOf(one, student)),
    join(classFolder(one.name), "results"),
  ];
  const times = await Promise.all(
    folders.map((folder) =>
      stat(folder).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.join(" ");
}
