import type { Activity } from "../activity/activity.ts";
import { hostPlaysOf, tasksOf } from "../engine/graph.ts";
import { assertRunPossible } from "../engine/refuse.ts";
import { run } from "../engine/run.ts";
import { recordCreatedWith } from "../lab/created-with.ts";
import { doorName } from "../lab/entrance.ts";
import { ensureLabId } from "../lab/identity.ts";
import { nginxNodePort } from "../lab/ports.ts";
import { nodesOf } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import { makeAccess } from "../providers/machine/logins.ts";
import type { EntranceInfo } from "../providers/types.ts";
import { baselineKeeper } from "./baseline-keeper.ts";
import { keepEntrance } from "./entrance.ts";
import { assertFits } from "./fits.ts";
import { type ConnectedInventory, connectInventory, type InventoryOptions } from "./inventory.ts";
import { leaveEtcd } from "./leave-etcd.ts";
import { leaveNodes } from "./leave-nodes.ts";
import { notesOf } from "./notes.ts";
import { recordProxies } from "./proxies.ts";
import type { Session } from "./session.ts";
import { keepSshFiles } from "./ssh-files.ts";
import { removeMachines, removeSurplus } from "./surplus.ts";
import { timingOf } from "./timings.ts";

/** What `up` did, and where a person finds what there is now. */
export interface Made {
  /** How many tasks were changed. */
  applied: number;
  /** How many machines were created, changed or removed. */
  machines: number;
  /** Words for the spare that the machines were; absent: there was none. */
  from?: string;
  roundTrips: number;
  /** Where nginx answers, if the lab has it: one for each node. */
  urls: readonly string[];
  /** The lab's entrance; absent if it has none. */
  entrance?: EntranceInfo;
  /** What a person should know besides, a sentence each without its full stop. */
  notes: readonly string[];
  /** What became of machines that were removed, a sentence each. */
  surplus: readonly string[];
}

export interface MakeOptions {
  /** Machines that are deleted first. */
  recreate?: readonly string[];
  /** Whether what runs on them is discarded: their nodes are not drained. */
  discards?: boolean;
  /** Whether the lab's baseline follows what this run changes. */
  keepsBaseline?: boolean;
  /** Whether no task is run: the machines are to stay as they are. */
  asIs?: boolean;
}

/** All of `up` but what a person sees of it. */
export async function makeLab(
  session: Session,
  activity: Activity,
  options: MakeOptions = {},
): Promise<Made> {
  const opened: ConnectedInventory[] = [];
  try {
    return await makeWith(session, activity, options, async (wanted) => {
      const inventory = await connectInventory(session.lab, session.provider, session.signal, wanted);
      opened.push(inventory);
      return inventory;
    });
  } finally {
    // A connection that stays open would keep the program from ending.
    await Promise.all(opened.map((inventory) => inventory.close()));
  }
}

async function makeWith(
  session: Session,
  activity: Activity,
  { recreate = [], discards = false, keepsBaseline = false, asIs = false }: MakeOptions,
  connect: (options: InventoryOptions) => Promise<ConnectedInventory>,
): Promise<Made> {
  const { lab, graph, provider, artifacts, signal } = session;
  const options = { recreate, discards, activity };
  let inventory = await connect(options);
  await assertFits(lab, provider, inventory.found, recreate);
  for (const { step } of tasksOf(graph)) await step.preflight?.(lab.name);
  // Only now: a lab of another is an error before anything is written.
  await ensureLabId(lab.name);
  await recordCreatedWith(lab, session.file);
  if (!session.isSpare) await recordProxies(lab);
  await provider.record?.();
  if (await makeAccess(lab)) inventory = await connect(options);
  const { found, missing, surplus } = inventory;
  if (missing.length + surplus.length > 0) await assertRunPossible(graph, inventory);
  // Before machines are removed or created: it is known then whether its ports are free.
  const entered = await keepEntrance(session, inventory, activity);
  const given = found.map(({ name }) => name).filter((name) => recreate.includes(name));
  const keepBaseline = keepsBaseline ? await baselineKeeper(session, inventory, { recreate }) : undefined;
  const drained = await leaveNodes(inventory, activity);
  await leaveEtcd(inventory, activity);
  const became = await removeSurplus(session, inventory, activity);
  const timing = found.length === 0 ? await timingOf(lab) : undefined;
  activity.expect({
    kind: "play",
    count: hostPlaysOf(graph).length,
    ...(timing?.last !== undefined && { seconds: timing.last }),
  });
  await removeMachines(session, given, "--recreate", activity);
  if (missing.length > 0) await provider.create({ machines: missing, artifacts, activity, signal });
  if (entered || missing.length + surplus.length > 0) inventory = await connect({ activity });
  const led = await keepEntrance(session, inventory, activity);
  if (!session.isSpare) await keepSshFiles(lab, inventory.found, inventory.enter);
  const applied = asIs ? 0 : await run({ graph, inventory, activity, signal });
  await keepBaseline?.(inventory, activity);
  await timing?.keep();
  return {
    applied: applied + Number(entered || led),
    machines: missing.length + surplus.length,
    roundTrips: inventory.roundTrips(),
    urls: urlsOf(lab, inventory),
    ...(lab.entrance && inventory.entrance && { entrance: inventory.entrance }),
    notes: await notesOf(lab, inventory),
    surplus: [...drained, ...became],
  };
}

function urlsOf(lab: Lab, { reach, enter }: Pick<ConnectedInventory, "reach" | "enter">): string[] {
  if (!lab.playbooks.includes("nginx-nodeport")) return [];
  const entrance = enter?.(doorName({ kind: "node-port", nodePort: nginxNodePort }));
  if (entrance !== undefined) return [`http://${entrance}/`];
  const places = nodesOf(lab).flatMap(({ name }) => reach(name, nginxNodePort) ?? []);
  return [...new Set(places)].map((place) => `http://${place}/`);
}
