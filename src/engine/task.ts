import type { Task } from "./graph.ts";
import { assertObserved, type Observation } from "./observation.ts";
import { checkContextOf } from "./observe.ts";
import { settle, type Working } from "./settle.ts";
import type { ApplyContext } from "./step.ts";

/** What became of a task. `changed`: what was seen of the lab before it may hold no longer. */
export interface Performed {
  applied: boolean;
  changed: boolean;
  /** The differences that there were, and what was left in place on purpose. */
  details: string[];
}

/** What a task may use. */
export const applyContextOf = (task: Task, { inventory, signal, note }: Working): ApplyContext => ({
  ...checkContextOf(inventory, task),
  signal,
  on: (machine) => inventory.host(machine),
  note,
  leave: note,
});

/** One task: check, apply if something differs, and check until nothing does. An expectation is only waited for. */
export async function perform(
  task: Task,
  observation: Observation | undefined,
  working: Working,
): Promise<Performed> {
  const { differences, facts } = assertObserved(task, observation);
  const details = [...differences];
  if (details.length === 0) return { applied: false, changed: false, details };
  const { apply } = task.step;
  if (!apply) {
    await settle(task, working, details);
    return { applied: false, changed: true, details };
  }
  const context = {
    ...applyContextOf(task, working),
    leave: (text: string): void => void details.push(`left in place: ${text}`),
  };
  await apply(await working.inventory.host(task.machine.name), context, facts);
  await settle(task, working);
  return { applied: true, changed: true, details };
}
