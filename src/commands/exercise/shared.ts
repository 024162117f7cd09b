import type { Activity } from "../../activity/activity.ts";
import { assertName, findExercise } from "../../exercises/find.ts";
import { assertNeeds } from "../../exercises/needs.ts";
import type { Exercise } from "../../exercises/types.ts";
import type { ExerciseContext } from "../../exercises/work.ts";
import { knownPlaybooks } from "../../playbooks/load.ts";
import { commandLine } from "../../session/command-line.ts";
import { assertWhole, connectInventory } from "../../session/inventory.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import {
  type LabOptions,
  labFile,
  openSession,
  type Session,
  type Shown,
  type ShowOptions,
  show,
} from "../../session/session.ts";
import { markdown } from "../../ui/markdown.ts";
import { print, printPainted } from "../../ui/print.ts";
import { paintFor } from "../../ui/text.ts";

export interface OpenExercise {
  session: Session;
  exercise: Exercise;
}

/** Reads lab file and exercise. Throws (exit code 2) if either is wrong, or the lab lacks what it needs. */
export async function openExercise(name: string, options: LabOptions): Promise<OpenExercise> {
  assertName(name);
  const session = await openSession(options);
  const exercise = await findExercise(labFile(options), name, session.artifacts);
  assertNeeds(exercise, session.lab, await knownPlaybooks());
  return { session, exercise };
}

/** Runs work that changes the lab: with the lab's lock, shown as a run, with every machine running. */
export async function withExerciseContext<T>(
  title: string,
  session: Session,
  options: LabOptions & Pick<ShowOptions, "wayOn">,
  work: (context: ExerciseContext) => Promise<T>,
): Promise<Shown<T>> {
  return withLabLock(session, () =>
    show(title, options, (activity) => inExerciseContext(session, activity, work)),
  );
}

/** The same as a part of an activity. The caller holds the lab's lock. */
export async function inExerciseContext<T>(
  { lab, provider, signal }: Session,
  activity: Activity,
  work: (context: ExerciseContext) => Promise<T>,
): Promise<T> {
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    assertWhole(inventory);
    return await work({ inventory, activity, signal });
  } finally {
    await inventory.close();
  }
}

/** Prints for people; with `--json`, standard output is for programs only. */
export function say(options: LabOptions, text: string): void {
  if (!options.json) print(text);
}

/** Prints a text of an exercise, as wide as the terminal. */
export function printMarkdown(text: string): void {
  const width = Math.min(process.stdout.columns || 80, 100);
  printPainted(`\n${markdown(text, { paint: paintFor(), width })}\n`);
}

/** `commandLine` between backticks. */
export const typed = (options: LabOptions, command: string): string => `\`${commandLine(options, command)}\``;
