import { setTimeout as sleep } from "node:timers/promises";
import type { Activity } from "../../activity/activity.ts";
import { allEnded } from "../../all-ended.ts";
import { readBaseline } from "../../baseline/baseline.ts";
import { localhost } from "../../engine/graph.ts";
import { isRight, type Observation } from "../../engine/observation.ts";
import { observe } from "../../engine/observe.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { makeLive, setName, setOf } from "../../lab/machine-set.ts";
import type { Lab } from "../../lab/types.ts";
import type { MachineSets } from "../../providers/types.ts";
import { differenceText } from "../../recording/differences.ts";
import { thaw } from "../../session/freeze.ts";
import { connectInventory } from "../../session/inventory.ts";
import { look } from "../../session/look.ts";
import { type Made, makeLab } from "../../session/make-lab.ts";
import { isOfProof, proofWord, proveCluster } from "../../session/prove-cluster.ts";
import type { Session } from "../../session/session.ts";
import { leadHere, sessionOf, spareSession } from "../../session/spare.ts";
import { withChoice } from "../../session/spares-lock.ts";
import { listRecords } from "../../snapshots/record.ts";
import { forgetSpare, hasHadSpares } from "../../spares/record.ts";
import { ageOf, type Spare } from "../../spares/spare.ts";
import { ageWords, listed } from "../../wording.ts";
import { setsIn, sparesOf } from "./shared.ts";

/** A spare that is the lab's set of machines now. */
export interface Taken {
  set: string;
  /** How old it was, in milliseconds. */
  age: number;
  /** What shows that it works, a sentence each. */
  proof: string[];
  /** What `up` did to have everything lead there. */
  made: Made;
  /** The lab's session with it. */
  session: Session;
}

export interface Taking {
  session: Session;
  activity: Activity;
  timed<T>(title: string, work: () => Promise<T>): Promise<T>;
}

/** A spare, or why none was taken: sentences without their full stops; none if the lab has no spares. */
export type Outcome = { taken: Taken } | { refused: string[] };

/**
 * Lets people work with a spare instead of the lab's machines, which are frozen then and left to `spare refill`. The first spare that
 * is shown to work is taken; one that is not leaves the lab with the machines that it had. The caller holds the lab's lock.
 */
export async function takeSpare(taking: Taking): Promise<Outcome> {
  const { name } = taking.session.lab;
  const sets = setsIn(taking.session);
  if (!sets || !hasHadSpares(name)) return { refused: [] };
  return withChoice(name, () => takeFirst(taking, sets));
}

async function takeFirst(taking: Taking, sets: MachineSets): Promise<Outcome> {
  const { lab, signal } = taking.session;
  const { spares } = await sparesOf(lab, sets);
  const refused = spares.flatMap(({ set, flaw }) => (flaw === undefined ? [] : [`the spare ${set} ${flaw}`]));
  const usable = spares.filter(({ flaw }) => flaw === undefined);
  if (usable.length === 0) return { refused };
  const why = await bound(lab);
  if (why !== undefined) return { refused: [why] };
  for (const spare of usable) {
    const { set } = spare;
    try {
      return { taken: await taken(taking, spare) };
    } catch (error) {
      assertNotInterrupted(signal);
      if (!(error instanceof LabwrightError)) throw error;
      refused.push(`the spare ${set} was not taken: ${messageOf(error)}`);
    }
  }
  return { refused };
}

/** Why a lab must keep the machines that it has; undefined if it need not. */
async function bound(lab: Lab): Promise<string | undefined> {
  const snapshots = (await listRecords(lab.name)).map(({ name }) => name);
  if (snapshots.length > 0)
    return `the lab has snapshots of its machines, which a spare would make worthless: ${listed(snapshots)}`;
  const baseline = await readBaseline(setName(lab));
  return baseline?.byHand
    ? "the lab's baseline was recorded by hand, and a spare does not have what was added until then"
    : undefined;
}

async function taken(taking: Taking, { set, record }: Spare): Promise<Taken> {
  const { session, activity, timed } = taking;
  const { lab, provider } = session;
  const age = record ? ageOf(record, new Date()) : 0;
  // First: the set is not a spare any more, even if it goes no further.
  await forgetSpare(lab.name, set);
  const spare = await spareSession(session, set);
  const machines = lab.machines.map(({ name }) => name);
  const began = new Date();
  try {
    await timed("thaw", () => spare.provider.create({ ...spare, machines: lab.machines, activity }));
    await timed("look", () => assertAnswers(spare, activity));
    await makeLive(lab.name, set);
    try {
      const now = await sessionOf(session, set);
      // First: who asks at the entrance is answered by the former machines until the spare's are there.
      await timed("lead there", () => leadHere(now, activity));
      // They take no processor time from the lab any more, whatever was started on them.
      await provider.pause?.(machines);
      const { made, proof } = await timed("prove", () => proven(now, activity, began));
      return { ...{ set, age, proof, made }, session: now };
    } catch (error) {
      await makeLive(lab.name, setOf(lab));
      await leadBack(session, activity);
      throw error;
    }
  } catch (error) {
    // Nobody works there.
    await spare.provider.pause?.(machines).catch(() => {});
    throw error;
  }
}

/** Lets the lab go on with the machines that it had, as far as they do. An interruption does not keep it from that. */
async function leadBack(session: Session, activity: Activity): Promise<void> {
  const uncut = { ...session, signal: new AbortController().signal };
  const { lab, provider } = uncut;
  try {
    if ((await provider.list()).some(({ paused }) => paused)) await thaw(uncut, activity);
    await leadHere(uncut, activity);
  } catch (error) {
    activity.note(`${lab.name} does not lead to its former machines again: ${messageOf(error)}`);
  }
}

/** Seconds for a thawed cluster to answer. */
const patience = 30;

/**
 * Throws unless the last thing that `up` looks at from this computer is right: nginx answers on every node, or without nginx the
 * cluster is ready.
 */
async function assertAnswers({ lab, provider, graph, signal }: Session, activity: Activity): Promise<void> {
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const tasks = graph.playsByHost.get(localhost)?.findLast((one) => one.tasks.length > 0)?.tasks ?? [];
    for (const deadline = Date.now() + patience * 1000; ; ) {
      const seen = await observe(tasks, inventory, { signal });
      const wrong = [...seen.values()].filter((one) => !isRight(one));
      if (wrong.length === 0) return;
      if (Date.now() > deadline) throw unproven(wrong.flatMap(wordsOf));
      await sleep(300, undefined, { signal });
    }
  } finally {
    await inventory.close();
  }
}

function wordsOf(observation: Observation): readonly string[] {
  if (observation.kind === "seen") return observation.differences;
  return [observation.kind === "absent" ? observation.why : observation.error.message];
}

/** Has everything lead to a thawed spare. Throws unless `up` has nothing to repair, the cluster works, and the baseline is equal. */
async function proven(
  session: Session,
  activity: Activity,
  began: Date,
): Promise<Pick<Taken, "made" | "proof">> {
  const { lab, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const word = proofWord();
    const [made, proof] = await allEnded(makeLab(session, activity), proveCluster(inventory, began, word));
    const baseline = await readBaseline(setName(lab));
    const names = lab.machines.map(({ name }) => name);
    const seen = baseline && (await look(inventory, baseline, names));
    const left = [
      ...(seen ? [] : ["it has no baseline"]),
      ...[...proof.failed].map(([node, why]) => `${node} ${why}`),
      ...(seen?.blind ?? []).map(({ machine, why }) => `${machine} ${why}`),
      ...(seen?.differences ?? []).filter((one) => !isOfProof(one, word)).map(differenceText),
    ];
    if (left.length > 0) throw unproven(left);
    return { made, proof: [...proof.seen, "every check of `up` is ok", "the baseline is equal"] };
  } finally {
    await inventory.close();
  }
}

const unproven = (left: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "spare-unproven",
    message: left.join("; "),
    remedy: "Run `labwright spare refill`, which makes it again.",
  });

/** `from a spare made 12 min ago`. */
export const spareWords = ({ age }: Pick<Taken, "age">): string => `from a spare made ${ageWords(age)} ago`;
