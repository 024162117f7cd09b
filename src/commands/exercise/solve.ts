import { startedState, writeState } from "../../exercises/state.ts";
import { solve as solveExercise } from "../../exercises/work.ts";
import type { LabOptions } from "../shared/session.ts";
import { inWorkshop, openExercise, say } from "./shared.ts";

/** Does the student's work. From then on the exercise gives no points, until it is started anew. */
export async function solve(name: string, options: LabOptions): Promise<void> {
  const { session, exercise } = await openExercise(name, options);
  const state = await startedState(session.lab.name, name);
  await writeState(session.lab.name, { ...state, solved: new Date().toISOString() });
  await inWorkshop(`exercise solve ${name}`, session, options, (shop) => solveExercise(exercise, shop));
  say(
    options,
    `Solved. See with \`labwright exercise check ${name}\`, begin anew after \`labwright exercise reset ${name}\`.\n`,
  );
}
