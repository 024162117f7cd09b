import { LabwrightError } from "../errors.ts";
import { isRootThere } from "../lab/accounts.ts";
import type { Lab, Machine } from "../lab/types.ts";
import type { Play } from "./play.ts";
import type { BoundStep } from "./step.ts";

/** The machine that labwright itself runs on, as plays name it. */
export const here: Machine = { name: "here", role: "here", user: "", sudo: "none" };

/** One step on one machine. */
export interface Task {
  title: string;
  /** The step's name and parameters: tasks of one key on one machine are the same task. */
  key?: string;
  machine: Machine;
  step: BoundStep;
}

/** A play on one machine: its tasks run in order. */
export interface Stage {
  play: Play;
  machine: Machine;
  tasks: Task[];
}

/** Tasks of one machine run in order; machines run side by side; only `after` makes one wait for another. */
export interface Graph {
  plays: Play[];
  /** For each machine its stages, in order. */
  queues: Map<Machine, Stage[]>;
}

/** Lays plays out over the machines of a lab. Throws where plays wait for each other in a circle. */
export function graphOf(lab: Lab, plays: Play[]): Graph {
  const queues = new Map<Machine, Stage[]>();
  for (const machine of [...lab.machines, here]) {
    const stages = plays
      .filter(({ on }) => isOn(machine, on))
      .map((play) => ({ play, machine, tasks: play.tasks.map((task) => ({ ...task, machine })) }));
    if (stages.length > 0) queues.set(machine, stages);
  }
  const graph = { plays, queues };
  stagesInOrder(graph);
  return graph;
}

/** `all` are the lab's machines, but for those that labwright only jumps through; `software=NAME` those that have it. */
const isOn = (machine: Machine, on: readonly string[]): boolean =>
  on.includes(machine.role) ||
  on.includes(machine.name) ||
  (on.includes("all") && isRootThere(machine)) ||
  Boolean(machine.software?.some((one) => on.includes(`software=${one}`)));

export const stagesOf = (graph: Graph): Stage[] => [...graph.queues.values()].flat();

export const tasksOf = (graph: Graph): Task[] => stagesOf(graph).flatMap((stage) => stage.tasks);

/** Every stage that must have ended before `stage` begins: those before it on its machine, and those of its `after`. */
export function predecessors(graph: Graph, stage: Stage): Stage[] {
  const queue = graph.queues.get(stage.machine) ?? [];
  const before = queue.slice(0, queue.indexOf(stage));
  const awaited = stagesOf(graph).filter((other) => stage.play.after.includes(other.play.name));
  return [...before, ...awaited];
}

/** All stages, each behind those that must have ended before it. Throws where plays wait for each other in a circle. */
export function stagesInOrder(graph: Graph): Stage[] {
  const settled = new Set<Stage>();
  const visit = (stage: Stage, path: readonly Stage[]): void => {
    if (settled.has(stage)) return;
    if (path.includes(stage)) throw inCircle([...path.slice(path.indexOf(stage)), stage]);
    for (const earlier of predecessors(graph, stage)) visit(earlier, [...path, stage]);
    settled.add(stage);
  };
  for (const stage of stagesOf(graph)) visit(stage, []);
  return [...settled];
}

const inCircle = (stages: readonly Stage[]): LabwrightError =>
  new LabwrightError({
    code: "playbook-circle",
    message: `these plays wait for each other: ${stages.map(({ play }) => `"${play.name}"`).join(" → ")}`,
    remedy: "Delete one `after`, or change the order of the plays.",
  });
