import type { Activity, Event } from "../activity/activity.ts";
import { hostPlaysOf, tasksOf } from "../engine/graph.ts";
import { assertRunPossible } from "../engine/refuse.ts";
import { run } from "../engine/run.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { kubeconfigPath } from "../kubeconfig/path.ts";
import { ensureLabId } from "../lab/identity.ts";
import { nginxNodePort } from "../lab/ports.ts";
import { nodesOf } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import { keptCredentials } from "../providers/credentials.ts";
import { makeAccess } from "../providers/machine/logins.ts";
import { assertFits } from "../session/fits.ts";
import { indirectWords } from "../session/indirect.ts";
import { type ConnectedInventory, connectInventory, type InventoryOptions } from "../session/inventory.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { leaveEtcd } from "../session/leave-etcd.ts";
import { networkWords } from "../session/network-words.ts";
import { proxySentence, recordProxies } from "../session/proxies.ts";
import { type RecreateOptions, recreated } from "../session/recreate.ts";
import { type ForgetOptions, type LabOptions, openSession, type Session, show } from "../session/session.ts";
import { keepSshFiles } from "../session/ssh-files.ts";
import { removeMachines, removeSurplus } from "../session/surplus.ts";
import { timingOf } from "../session/timings.ts";
import { print, tell } from "../ui/print.ts";
import { timeline } from "../ui/timeline.ts";
import { agree, listed } from "../wording.ts";
import { type Made, upSummary } from "./up/summary.ts";

export interface UpOptions extends LabOptions, RecreateOptions, ForgetOptions {
  timeline?: boolean;
}

const wayOn = "Run `labwright up` again to continue, or `labwright down` to remove what was created.";

/** Creates or updates the lab to match its file. */
export async function up(options: UpOptions): Promise<void> {
  const session = await openSession(options);
  assertNotNamed(options, session.lab);
  const recreate = recreated(options, session.lab, session.provider);
  const events: Event[] = [];
  const started = Date.now();
  try {
    await withLabLock(session, async () => {
      const proxies = proxySentence(session.lab);
      if (proxies !== undefined) tell(`labwright: ${proxies}\n`);
      const work = (activity: Activity) => makeLab(session, activity, recreate);
      const { result } = await show(`up ${session.lab.name}`, { ...options, wayOn }, work, events);
      if (!options.json) print(await summaryOf(session, result, options, (Date.now() - started) / 1000));
    });
  } finally {
    if (options.timeline) print(timeline(events));
  }
}

async function summaryOf(
  { lab }: Session,
  made: Made,
  options: LabOptions,
  seconds: number,
): Promise<string> {
  const kubeconfig = kubeconfigPath(process.env, lab.name);
  const hasPasswords = Object.keys(await keptCredentials(lab.name)).length > 0;
  return upSummary({ lab, made, options, seconds, kubeconfig, hasPasswords });
}

/** Throws (exit code 2) if a host is to be forgotten that the lab file names. */
function assertNotNamed({ forget = [] }: ForgetOptions, { machines }: Lab): void {
  const named = forget.filter((name) => machines.some((machine) => machine.name === name));
  if (named.length > 0)
    throw new LabwrightError({
      code: "machine-in-lab-file",
      message: `cannot forget ${listed(named)}: the lab file names ${agree(named.length, "it", "them")}`,
      remedy: `Delete the ${agree(named.length, "machine", "machines")} from the lab file, then run the command again.`,
      exit: exitCode.usage,
    });
}

/** All of `up` but what a person sees of it; the machines `recreate` are deleted first. */
export async function makeLab(
  session: Session,
  activity: Activity,
  recreate: readonly string[] = [],
): Promise<Made> {
  const opened: ConnectedInventory[] = [];
  try {
    return await makeWith(session, activity, recreate, async (options) => {
      const inventory = await connectInventory(session.lab, session.provider, session.signal, options);
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
  recreate: readonly string[],
  connect: (options: InventoryOptions) => Promise<ConnectedInventory>,
): Promise<Made> {
  const { lab, graph, provider, artifacts, signal } = session;
  let inventory = await connect({ recreate, activity });
  await assertFits(lab, provider, inventory.found, recreate);
  for (const { step } of tasksOf(graph)) await step.preflight?.(lab.name);
  // Only now: a lab of another is an error before anything is written.
  await ensureLabId(lab.name);
  await recordProxies(lab);
  await provider.record?.();
  if (await makeAccess(lab)) inventory = await connect({ recreate, activity });
  const { found, missing, surplus } = inventory;
  if (missing.length + surplus.length > 0) await assertRunPossible(graph, inventory);
  const given = found.map(({ name }) => name).filter((name) => recreate.includes(name));
  await leaveEtcd(inventory, [...surplus.map(({ name }) => name), ...given], activity);
  const became = await removeSurplus(session, inventory, activity);
  const timing = found.length === 0 ? await timingOf(lab) : undefined;
  activity.expect({
    kind: "play",
    count: hostPlaysOf(graph).length,
    ...(timing?.last !== undefined && { seconds: timing.last }),
  });
  await removeMachines(session, given, "--recreate", activity);
  if (missing.length > 0) await provider.create({ machines: missing, artifacts, activity, signal });
  if (missing.length + surplus.length > 0) inventory = await connect({ activity });
  await keepSshFiles(lab, inventory.found);
  const applied = await run({ graph, inventory, activity, signal });
  await timing?.keep();
  const notes = [indirectWords(lab, inventory), await networkWords(lab, inventory)];
  return {
    applied,
    roundTrips: inventory.roundTrips(),
    urls: urlsOf(lab, inventory.reach),
    notes: notes.filter((note) => note !== undefined),
    surplus: became,
  };
}

function urlsOf(lab: Lab, reach: (machine: string, port: number) => string | undefined): string[] {
  if (!lab.playbooks.includes("nginx-nodeport")) return [];
  const places = nodesOf(lab).flatMap(({ name }) => reach(name, nginxNodePort) ?? []);
  return [...new Set(places)].map((place) => `http://${place}/`);
}
