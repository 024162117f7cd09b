import type { Activity } from "../activity/activity.ts";
import { type Graph, type HostPlay, localhost, type Task } from "../engine/graph.ts";
import { run } from "../engine/run.ts";
import type { Lab, Machine } from "../lab/types.ts";
import { openProvider } from "../providers/registry.ts";
import { keepEntrance } from "./entrance.ts";
import { connectInventory } from "./inventory.ts";
import type { Session } from "./session.ts";
import { keepSshFiles } from "./ssh-files.ts";

/**
 * The session of one of the lab's spares. It has no entrance, and its tasks leave nothing on this computer: both belong to the
 * machines that people work with.
 */
export async function spareSession(session: Session, set: string): Promise<Session> {
  const lab: Lab = { ...session.lab, set };
  const { entrance: _, ...withoutEntrance } = lab;
  return {
    ...session,
    ...{ lab, isSpare: true, graph: withoutTraces(session.graph) },
    provider: await openProvider(withoutEntrance),
  };
}

/** The session of the lab once its people work with another set of its machines. */
export async function sessionOf(session: Session, set: string): Promise<Session> {
  const lab: Lab = { ...session.lab, set };
  return { ...session, lab, provider: await openProvider(lab) };
}

/** Has everything on this computer lead to the lab's machines, as they are: the entrance, ssh's files and the kubeconfig. */
export async function leadHere(session: Session, activity: Activity): Promise<void> {
  const { lab, provider, graph, signal } = session;
  const connect = () => connectInventory(lab, provider, signal, { activity });
  const before = await connect();
  await keepEntrance(session, before, activity);
  await before.close();
  const inventory = await connect();
  try {
    await keepSshFiles(lab, inventory.found, inventory.enter);
    await run({ graph: onlyTraces(graph), inventory, activity, signal });
  } finally {
    await inventory.close();
  }
}

/** Whether `down` would have to undo a task. */
const leavesTraces = ({ step }: Task): boolean => step.undo !== undefined;

const withoutTraces = ({ plays, playsByHost }: Graph): Graph => ({
  plays,
  playsByHost: new Map([...playsByHost, ...localPlays(playsByHost, (task) => !leavesTraces(task))]),
});

/** The tasks that leave traces on this computer, and no others. */
const onlyTraces = ({ plays, playsByHost }: Graph): Graph => ({
  plays,
  playsByHost: new Map(localPlays(playsByHost, leavesTraces)),
});

function localPlays(
  playsByHost: Graph["playsByHost"],
  isOne: (task: Task) => boolean,
): [Machine, HostPlay[]][] {
  const plays = playsByHost.get(localhost);
  if (!plays) return [];
  return [[localhost, plays.map((hostPlay) => ({ ...hostPlay, tasks: hostPlay.tasks.filter(isOne) }))]];
}
