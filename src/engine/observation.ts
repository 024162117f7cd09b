import { LabwrightError } from "../errors.ts";
import type { Task } from "./graph.ts";
import type { Facts } from "./step.ts";

/** What a machine said of a task: nothing differs, or what does. */
export interface Observed {
  kind: "seen";
  differences: readonly string[];
  facts: Facts;
}

/** Why a task could not be looked at: its machine is not there, or it did not answer. */
export type Unobserved = { kind: "absent"; why: string } | { kind: "unreachable"; error: Error };

/** What a look at a task found. */
export type Observation = Observed | Unobserved;

/** What was seen of a task. Throws why it could not be looked at. */
export function assertObserved(task: Task, observation: Observation | undefined): Observed {
  switch (observation?.kind) {
    case "seen":
      return observation;
    case "unreachable":
      throw observation.error;
    default:
      throw new LabwrightError({
        code: "machine-absent",
        message: `${task.title} needs a machine that does not exist: ${observation?.why ?? task.machine.name}`,
        remedy: "Run `labwright up` again: it creates missing machines first.",
      });
  }
}

/** Whether a task has something to do, as far as could be seen. */
export const isTodo = (observation: Observation | undefined): boolean =>
  observation !== undefined && !isRight(observation);

/** Whether a task was seen, and nothing differs. */
export const isRight = (observation: Observation | undefined): boolean =>
  observation?.kind === "seen" && observation.differences.length === 0;
