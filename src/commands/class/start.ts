import type { Activity } from "../../activity/activity.ts";
import { labOptionsOf } from "../../class/labs.ts";
import { readState } from "../../exercises/state.ts";
import { start } from "../../exercises/work.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { inExerciseContext, type OpenExercise, openExercise } from "../exercise/shared.ts";
import { eachStudent, resultsOf, tellFailures } from "./each.ts";
import { assertOfClass, type ClassOptions, openMade } from "./shared.ts";
import { assertOpen, closedWords } from "./times.ts";

export interface ClassStartOptions extends ClassOptions {
  /** Starts an exercise that is not open yet. */
  early?: boolean;
}

/** Sets an exercise up in the students' labs. Where it is started already, nothing changes. */
export async function classStart(exercise: string, options: ClassStartOptions): Promise<void> {
  const { one, students } = await openMade(options);
  assertOfClass(one, exercise);
  if (!options.early) assertOpen(one, exercise, new Date());
  const { result: outcomes } = await show(`class start ${exercise}`, options, (activity) =>
    eachStudent(one, students, activity, {
      title: `exercise start ${exercise}`,
      jobs: options.jobs,
      outcome: (isNew) => (isNew ? "changed" : "ok"),
      run: async (_, inner, student) =>
        startUnlessStarted(await openExercise(exercise, labOptionsOf(one, student)), inner),
    }),
  );
  const started = resultsOf(outcomes).filter(({ result }) => result).length;
  const before = resultsOf(outcomes).length - started;
  if (!options.json)
    print(
      `Started in ${count(started, "lab")}${before > 0 ? `; in ${count(before, "lab")} it was started already` : ""}.\n`,
    );
  if (!options.json) print(closedWords(one, exercise, new Date()));
  tellFailures(outcomes);
}

/** Sets an exercise up; returns whether it was not started before. */
export const startUnlessStarted = (
  { session, exercise }: OpenExercise,
  activity: Activity,
): Promise<boolean> =>
  withLabLock(session, () =>
    inExerciseContext(session, activity, async (context) => {
      const known = await readState(session.lab.name, exercise.name);
      if (known?.started !== undefined) return false;
      await start(exercise, context);
      return true;
    }),
  );
