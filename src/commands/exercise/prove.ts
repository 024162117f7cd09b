import { writeFile } from "node:fs/promises";
import { exitCode, LabwrightError } from "../../errors.ts";
import { assertName, exerciseFolders, findExercise } from "../../exercises/find.ts";
import { assertNeeds, missingNeeds } from "../../exercises/needs.ts";
import { prove as proveExercise } from "../../exercises/prove.ts";
import { readStates } from "../../exercises/state.ts";
import type { Exercise } from "../../exercises/types.ts";
import { knownPlaybooks } from "../../playbooks/load.ts";
import { type LabOptions, labFile, openSession } from "../../session/session.ts";
import { junit } from "../../ui/junit.ts";
import { count } from "../../wording.ts";
import { say, typed, withExerciseContext } from "./shared.ts";

export interface ProveOptions extends LabOptions {
  all?: boolean;
  junit?: string;
}

/** Proves on the real lab that exercises work. Exits with 1 if one does not. */
export async function prove(names: string[], options: ProveOptions): Promise<void> {
  if ((names.length === 0) === !options.all) throw whichOnes();
  names.forEach(assertName);
  const session = await openSession(options);
  const { lab } = session;
  const file = labFile(options);
  const wanted = options.all ? [...(await exerciseFolders(file)).keys()] : names;
  const exercises = await Promise.all(wanted.map((name) => findExercise(file, name, session.artifacts)));
  const possible = exercises.filter((exercise) => missingNeeds(exercise, lab).length === 0);
  const left = exercises.filter((exercise) => !possible.includes(exercise));
  const [lacking] = options.all ? [] : left;
  if (lacking) assertNeeds(lacking, lab, await knownPlaybooks());
  assertNoneStarted((await readStates(lab.name)).map(({ name }) => name));

  const wayOn = async () => {
    const [left] = await readStates(lab.name);
    const reset = left && typed(options, `exercise reset ${left.name}`);
    return reset && `Run ${reset}, which puts the lab back, then the same command again.`;
  };
  const showing = { ...options, wayOn };
  const { result: red, events } = await withExerciseContext(
    `prove ${lab.name}`,
    session,
    showing,
    async (context) => {
      const failed: Exercise[] = [];
      for (const exercise of possible) {
        await context.activity.child("play", exercise.name, async (activity, end) => {
          const wrong = await proveExercise(exercise, { ...context, activity });
          if (wrong.length === 0) return;
          failed.push(exercise);
          end({ outcome: "differs" });
        });
      }
      return failed;
    },
  );
  if (options.junit !== undefined)
    await writeFile(options.junit, junit(events, { name: `${lab.name} exercises` }));
  if (left.length > 0)
    say(
      options,
      `Not tried, because the lab lacks what they need: ${left.map(({ name }) => name).join(", ")}.\n`,
    );
  say(
    options,
    red.length === 0
      ? `Proven: ${count(possible.length, "exercise")}.\n`
      : `Not proven: ${red.map(({ name }) => name).join(", ")} (of ${count(possible.length, "exercise")}).\n`,
  );
  if (red.length > 0 || possible.length === 0) process.exitCode = exitCode.failed;
}

const whichOnes = (): LabwrightError =>
  new LabwrightError({
    code: "exercise-which",
    message: "`exercise prove` takes names of exercises, or --all",
    remedy: "Name exercises that `labwright exercise list` shows, or pass --all.",
    exit: exitCode.usage,
  });

/** A proof resets what it starts, so it must not run while a student works on the exercise. */
function assertNoneStarted(started: readonly string[]): void {
  if (started.length === 0) return;
  throw new LabwrightError({
    code: "exercise-started",
    message: `there are started exercises in the lab: ${started.join(", ")}`,
    remedy: "Reset them first: run `labwright exercise reset NAME`.",
    exit: exitCode.usage,
  });
}
