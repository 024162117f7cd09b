import type { Activity } from "../activity/activity.ts";
import { assertNotInterrupted } from "../interruption.ts";
import type { ConnectedInventory } from "./inventory.ts";
import { leftWords, undoExercises, undoPast } from "./past.ts";
import type { Session } from "./session.ts";

/**
 * Removes machines that the lab file no longer names; those that stay after the lab are restored. One that cannot be is
 * named, and the next run tries again. Returns the result for each, a sentence each.
 */
export async function removeSurplus(
  session: Session,
  inventory: ConnectedInventory,
  activity: Activity,
): Promise<string[]> {
  const { surplus } = inventory;
  if (!session.provider.machinesStay) {
    const names = surplus.map(({ name }) => name);
    await removeMachines(session, names, "not in the lab file", activity);
    return names.map((name) => `Removed: ${name}.`);
  }
  if (surplus.length === 0) return [];
  const names = surplus.flatMap(({ name, running }) => (running ? [name] : []));
  const undoing = { session, inventory, activity, stopped: new Set<string>() };
  const undone = async () => [
    ...(await undoExercises(surplus, undoing)),
    ...(await undoPast(surplus, undoing)),
  ];
  const left = await undone().finally(() => inventory.close());
  await removeMachines(session, names, "not in the lab file", activity);
  const silent = surplus.filter(({ running }) => !running);
  return [
    ...names.map((name) => `Given back: ${name}.`),
    ...leftWords(left),
    ...silent.map(({ name, why }) => `${name} ${why}. ${remedyFor(name)}`),
  ];
}

const remedyFor = (name: string): string =>
  `Bring it back and run \`labwright up\` again, or run \`labwright up --forget ${name}\` if it is gone for good.`;

export async function removeMachines(
  { provider, signal }: Session,
  machines: readonly string[],
  why: string,
  activity: Activity,
): Promise<void> {
  if (machines.length === 0) return;
  assertNotInterrupted(signal);
  await activity.child("machine", `remove ${machines.join(", ")}: ${why}`, async (child, end) => {
    await provider.remove(machines, child, signal);
    end({ outcome: "changed" });
  });
}
