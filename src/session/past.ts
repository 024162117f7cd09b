import type { Activity } from "../activity/activity.ts";
import { graphOf, localhost } from "../engine/graph.ts";
import { undo } from "../engine/undo.ts";
import { undoStarted } from "../exercises/undo-started.ts";
import { loadPlays, playbooksOf } from "../playbooks/load.ts";
import type { MachineInfo, Made } from "../providers/types.ts";
import type { ConnectedInventory } from "./inventory.ts";
import type { Session } from "./session.ts";

/** What was left in place, a sentence each. */
export const leftWords = (left: readonly string[]): string[] =>
  left.map((one) => `Left in place, because it is not the lab's: ${one}`);

export interface UndoingPast {
  session: Session;
  inventory: ConnectedInventory;
  activity: Activity;
  /** Machines on which an undo has failed already. */
  stopped?: Set<string>;
}

/**
 * Undoes on machines that stay what started exercises made there. Returns in words what was left
 * because it is not the lab's.
 */
export function undoExercises(
  found: readonly MachineInfo[],
  { session, inventory, activity, stopped = new Set() }: UndoingPast,
): Promise<string[]> {
  const { lab, file, artifacts, signal } = session;
  const others = found.flatMap(({ name, past = [] }) => {
    const machine = past.at(-1)?.machine;
    return machine && !lab.machines.some((one) => one.name === name) ? [{ ...machine, name }] : [];
  });
  const machines = [...lab.machines, ...others];
  const on = new Set(found.flatMap(({ name, running }) => (running ? [name] : [])));
  return undoStarted({
    ...{ labFile: file, artifacts, activity, signal, stopped, on },
    inventory: { ...inventory, lab: { ...lab, machines } },
  });
}

/**
 * Undoes on machines that stay what earlier lab files had set up there, the newest first. Returns in words
 * what was left because it is not the lab's.
 */
export async function undoPast(
  found: readonly MachineInfo[],
  { session, inventory, activity, stopped = new Set() }: UndoingPast,
): Promise<string[]> {
  const left: string[] = [];
  for (const { name, running, past = [] } of found)
    for (const made of running ? past.toReversed() : []) left.push(...(await undoMade(name, made)));
  return left;

  async function undoMade(name: string, { machine, playbooks, cluster }: Made): Promise<string[]> {
    const { artifacts, signal } = session;
    const lab = { ...session.lab, playbooks, cluster, machines: [{ ...machine, name }] };
    const graph = graphOf(lab, await loadPlays(playbooksOf(playbooks), artifacts));
    return undo({
      ...{ graph, activity, signal, stopped },
      inventory: { ...inventory, lab },
      stays: (task) => task.machine !== localhost && task.step.within !== "cluster",
    });
  }
}
