import type { Task } from "./graph.ts";
import { sceneOf } from "./look.ts";
import { assertSeen, type Observation } from "./observation.ts";
import { settle, type Working } from "./settle.ts";
import type { Site } from "./step.ts";

/** What became of a task. `changed`: what was seen of the lab before it may hold no longer. */
export interface Performed {
  applied: boolean;
  changed: boolean;
  /** The differences that there were. */
  details: string[];
}

/** What a task may use. What it leaves is said like all else: a run has no other place for it. */
export const siteOf = (task: Task, { world, signal, note }: Working): Site => ({
  ...sceneOf(world, task),
  signal,
  on: (machine) => world.host(machine),
  note,
  leave: note,
});

/** One task: check, apply where something differs, and check until nothing does. An expectation is only waited for. */
export async function perform(
  task: Task,
  observation: Observation | undefined,
  working: Working,
): Promise<Performed> {
  const { differences, facts } = assertSeen(task, observation);
  const details = [...differences];
  if (details.length === 0) return { applied: false, changed: false, details };
  const { apply } = task.step;
  if (!apply) {
    await settle(task, working, details);
    return { applied: false, changed: true, details };
  }
  await apply(await working.world.host(task.machine.name), siteOf(task, working), facts);
  await settle(task, working);
  return { applied: true, changed: true, details };
}
