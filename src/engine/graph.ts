import { LabwrightError } from "../errors.ts";
import { machinesOn } from "../lab/roles.ts";
import type { Lab, Machine } from "../lab/types.ts";
import type { Play } from "./play.ts";
import type { BoundStep } from "./step.ts";

/** The machine that labwright itself runs on, as plays name it. */
export const localhost: Machine = { name: "localhost", role: "localhost", user: "", sudo: "none" };

/** One step on one machine. */
export interface Task {
  title: string;
  /** The step's name and parameters: tasks of one key on one machine are the same task. */
  key?: string;
  machine: Machine;
  step: BoundStep;
}

/** A play on one machine: its tasks run in order. */
export interface HostPlay {
  play: Play;
  machine: Machine;
  tasks: Task[];
}

/** Tasks of one machine run in order; machines run side by side; only `after` makes one wait for another. */
export interface Graph {
  plays: Play[];
  /** For each machine its stages, in order. */
  playsByHost: Map<Machine, HostPlay[]>;
}

/** Lays plays out over the machines of a lab. Throws if plays wait for each other in a circle. */
export function graphOf(lab: Lab, plays: Play[]): Graph {
  const playsByHost = new Map<Machine, HostPlay[]>();
  const everywhere = { machines: [...lab.machines, localhost] };
  const machinesByPlay = new Map(plays.map((play) => [play, machinesOn(everywhere, play.on)]));
  for (const machine of everywhere.machines) {
    const hostPlays = plays
      .filter((play) => machinesByPlay.get(play)?.includes(machine))
      .map((play) => ({ play, machine, tasks: play.tasks.map((task) => ({ ...task, machine })) }));
    if (hostPlays.length > 0) playsByHost.set(machine, hostPlays);
  }
  const graph = { plays, playsByHost };
  hostPlaysInOrder(graph);
  return graph;
}

export const hostPlaysOf = (graph: Graph): HostPlay[] => [...graph.playsByHost.values()].flat();

export const tasksOf = (graph: Graph): Task[] => hostPlaysOf(graph).flatMap((hostPlay) => hostPlay.tasks);

/**
 * The host plays that must have ended before this one begins: those before it on its machine, those that its `after`
 * names, and, if its play is serial, the same play on the machines before its own.
 */
export function predecessors(graph: Graph, hostPlay: HostPlay): HostPlay[] {
  const { play, machine } = hostPlay;
  const queue = graph.playsByHost.get(machine) ?? [];
  const all = hostPlaysOf(graph);
  const same = play.serial ? all.filter((other) => other.play === play) : [];
  return [
    ...queue.slice(0, queue.indexOf(hostPlay)),
    ...same.slice(0, same.indexOf(hostPlay)),
    ...all.filter((other) => play.after.includes(other.play.name)),
  ];
}

/** All stages, each behind those that must have ended before it. Throws if plays wait for each other in a circle. */
export function hostPlaysInOrder(graph: Graph): HostPlay[] {
  const settled = new Set<HostPlay>();
  const visit = (hostPlay: HostPlay, path: readonly HostPlay[]): void => {
    if (settled.has(hostPlay)) return;
    if (path.includes(hostPlay)) throw inCircle([...path.slice(path.indexOf(hostPlay)), hostPlay]);
    for (const earlier of predecessors(graph, hostPlay)) visit(earlier, [...path, hostPlay]);
    settled.add(hostPlay);
  };
  for (const hostPlay of hostPlaysOf(graph)) visit(hostPlay, []);
  return [...settled];
}

const inCircle = (hostPlays: readonly HostPlay[]): LabwrightError =>
  new LabwrightError({
    code: "playbook-circle",
    message: `these plays wait for each other: ${hostPlays.map(({ play }) => `"${play.name}"`).join(" → ")}`,
    remedy: "Delete one `after`, or change the order of the plays.",
  });
