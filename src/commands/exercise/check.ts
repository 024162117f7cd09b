import { writeFile } from "node:fs/promises";
import type { Activity } from "../../activity/activity.ts";
import { exitCode } from "../../errors.ts";
import { type Checked, noteCheck } from "../../exercises/check.ts";
import { grade } from "../../exercises/grade.ts";
import { type Graded, goalsShown } from "../../exercises/graded.ts";
import { startedState } from "../../exercises/state.ts";
import type { Exercise } from "../../exercises/types.ts";
import { type ConnectedInventory, connectInventory } from "../../session/inventory.ts";
import { type LabOptions, type Session, show } from "../../session/session.ts";
import { goalsText } from "../../ui/goals.ts";
import { junit } from "../../ui/junit.ts";
import { printJson, printPainted } from "../../ui/print.ts";
import { type Paint, paintFor, span } from "../../ui/text.ts";
import { type OpenExercise, openExercise, typed } from "./shared.ts";

export interface CheckOptions extends LabOptions {
  junit?: string;
}

/** A machine that does not answer within this is reported as unreachable, 15 seconds after the question at most. */
const patience = { seconds: 10, silence: 10_000 };

/** Grades an exercise and changes nothing in the lab. Exits with 1 if a goal is not right. */
export async function check(name: string, options: CheckOptions): Promise<void> {
  const opened = await openExercise(name, options);
  const { exercise } = opened;
  const { result: checked, events } = await show(`check ${name}`, { quiet: true }, (activity) =>
    checkOnce(opened, activity),
  );
  const { score, result, graded } = checked;
  if (options.junit !== undefined)
    await writeFile(options.junit, junit(events, { name: `${opened.session.lab.name} ${name}` }));
  if (options.json) printJson({ exercise: name, ...score, goals: goalsShown(graded), ...result }, 2);
  else printPainted(`${text(graded, paintFor())}\n${summaryOf(exercise, checked, options)}\n`);
  if (!score.passed) process.exitCode = exitCode.failed;
}

/** Grades a started exercise, and adds the result to its state. Throws `exercise-not-started`. */
export async function checkOnce(
  { session, exercise }: OpenExercise,
  activity: Activity,
): Promise<Checked & { graded: Graded[] }> {
  const { name: lab } = session.lab;
  const state = await startedState(lab, exercise.name);
  return withMachines(session, async (inventory) => {
    const graded = await grade(exercise, inventory, activity);
    return { ...(await noteCheck(lab, exercise, state, graded, new Date())), graded };
  });
}

/** Connects to a lab's machines, and closes the connections after the work. */
export async function withMachines<T>(
  { lab, provider, signal }: Pick<Session, "lab" | "provider" | "signal">,
  work: (inventory: ConnectedInventory) => Promise<T>,
): Promise<T> {
  const inventory = await connectInventory(lab, provider, signal, patience);
  try {
    return await work(inventory);
  } finally {
    await inventory.close();
  }
}

const text = (graded: readonly Graded[], paint: Paint): string =>
  goalsText(
    graded.map((one) => ({ ...one, title: titleOf(one.goal, one.task) })),
    paint,
  );

/** A goal without a title has a name made of its position, which says less than its step. */
const titleOf = (goal: string, task: string): string => (/^goal \d+$/.test(goal) ? task : goal);

export function summaryOf(
  { name, hints }: Pick<Exercise, "name" | "hints">,
  { score, state, result }: Checked,
  options: Pick<LabOptions, "file">,
): string {
  const { passed, points, of, late, solved, seconds, right, goals } = score;
  const time = span(seconds * 1000);
  const about = [
    `${points} of ${of} points`,
    `${time} since the start`,
    ...(state.hints > 0 ? [`${state.hints} hints taken`] : []),
    ...(late ? ["after the time limit, so without points"] : []),
    ...(solved ? ["solved by labwright, so without points"] : []),
  ].join(", ");
  const { attempts, best } = result;
  const isLess = best.points > points || (best.points === points && best.right > (solved ? 0 : right));
  const before = isLess
    ? ` The best of ${attempts} attempts: ${best.right} of ${best.goals} right, ${best.points} of ${best.of} points.`
    : "";
  if (passed) return `Passed: ${about}.${before}`;
  const hint = state.hints < hints.length ? ` ${typed(options, `exercise hint ${name}`)} shows a hint.` : "";
  return `Not yet: ${right} of ${goals} right; ${about}.${before}${hint}`;
}
