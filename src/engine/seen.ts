import { LabwrightError } from "../errors.ts";
import type { Task } from "./graph.ts";
import type { Seen, Sight } from "./look.ts";

/** What was seen of a task. Throws why it could not be looked at. */
export function assertSeen(task: Task, sight: Sight | undefined): Seen {
  if (sight && "differences" in sight) return sight;
  if (sight && "unreachable" in sight) throw sight.unreachable;
  throw new LabwrightError({
    code: "machine-absent",
    message: `${task.title} needs a machine that is not there: ${sight?.absent ?? task.machine.name}`,
    remedy: "run `labwright up` again: it makes missing machines first",
  });
}

/** Whether a task has something to do, as far as could be seen. */
export const isTodo = (sight: Sight | undefined): boolean =>
  sight !== undefined && (!("differences" in sight) || sight.differences.length > 0);
