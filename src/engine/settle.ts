import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../errors.ts";
import { assertNotInterrupted } from "../interruption.ts";
import type { Task } from "./graph.ts";
import { assertObserved } from "./observation.ts";
import { checkContextOf, type Inventory, observe } from "./observe.ts";

export interface Working {
  inventory: Inventory;
  /** Stops the run at the next boundary between tasks. */
  signal: AbortSignal;
  note(text: string): void;
}

/**
 * Checks a task until nothing differs any more; `known` has the differences of a check just made. Throws `still-differs` if
 * its patience ends before that.
 */
export async function settle(
  task: Task,
  { inventory, signal, note }: Working,
  known?: readonly string[],
): Promise<void> {
  const { patience } = task.step;
  const deadline = Date.now() + (patience?.seconds ?? 0) * 1000;
  const lookAgain = async () =>
    assertObserved(task, (await observe([task], inventory)).get(task)).differences;
  for (let pause = 100, left = known; ; pause = Math.min(pause * 1.5, 1000), left = undefined) {
    left ??= await lookAgain();
    if (left.length === 0) return;
    assertNotInterrupted(signal);
    if (Date.now() > deadline) throw stillDiffers(task, left);
    if (patience) note(`waiting for ${patience.for}: ${left[0]}`);
    const pausing = sleep(pause, undefined, { signal }).catch(() => assertNotInterrupted(signal));
    await Promise.all([pausing, worthLooking(task, inventory, signal)]);
  }
}

async function worthLooking(task: Task, inventory: Inventory, signal: AbortSignal): Promise<void> {
  const alarm = task.step.patience?.until?.(checkContextOf(inventory, task));
  if (!alarm) return;
  const asked = inventory.host(alarm.machine).then((host) => host.run(alarm.command, { signal }));
  // Whatever went wrong with it, the next look says.
  await asked.catch(() => {});
}

const stillDiffers = (task: Task, left: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "still-differs",
    message: `${task.machine.name}: ${
      task.step.patience
        ? `timed out after ${task.step.patience.seconds} s waiting for ${task.step.patience.for}`
        : `${task.title} was applied but still differs`
    }: ${left.join("; ")}`,
    remedy:
      "Run the command again; if it fails again, log in to the machine with `labwright ssh` and look there.",
  });
