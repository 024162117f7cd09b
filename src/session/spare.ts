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
    await run({ graph: onlyHere(graph, ({ step }) => step.undo !== undefined), inventory, activity, signal });
  } finally {
    await inventory.close();
  }
}

/** Without the tasks on this computer that `down` would have to undo. */
const withoutTraces = ({ plays, playsByHost }: Graph): Graph => ({
  plays,
  playsByHost: new Map([...playsByHost, ...localPlays(playsByHost, ({ step }) => step.undo === undefined)]),
});

/** Those tasks on this computer alone. */
const onlyHere = ({ plays, playsByHost }: Graph, isOne: (task: Task) => boolean): Graph => ({
  plays,
  playsByHost: new Map(localPlays(playsByHost, isOne)),
});

function localPlays(
  playsByHost: Graph["playsByHost"],
  isOne: (task: Task) => boolean,
): [Machine, HostPlay[]][] {
  const plays = playsByHost.get(localhost);
  if (!plays) return [];
  return [[localhost, plays.map((hostPlay) => ({ ...hostPlay, tasks: hostPlay.tasks.filter(isOne) }))]];
}
