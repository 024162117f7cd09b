import { setTimeout as sleep } from "node:timers/promises";
import { allEnded } from "../../all-ended.ts";
import { undoDifferences } from "../../baseline/undo-differences.ts";
import { run } from "../../engine/run.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { type Difference, differenceText } from "../../recording/differences.ts";
import { keyOf } from "../../recording/types.ts";
import { keepEntrance } from "../../session/entrance.ts";
import { type ConnectedInventory, connectInventory } from "../../session/inventory.ts";
import { type Look, look } from "../../session/look.ts";
import { apiServerAnswers, isOfProof, proofWord, proveCluster } from "../../session/prove-cluster.ts";
import { count } from "../../wording.ts";
import type { Refused, Way } from "./way.ts";

/** What undoing the differences has come to. */
export interface Undone {
  /** Machines that it did not do for. */
  refused: Refused;
  differences: Difference[];
  proof: string[];
}

/** Seconds in which what was removed has to be gone, and what was put back has to be there. */
const patience = 60;

/** Removes what the baseline does not have, puts back what is gone or changed, and has `up`'s tasks repair the lab's own. */
export async function undo(way: Way): Promise<Undone> {
  const { session, activity, machines, timed } = way;
  const { signal, graph } = session;
  let opened: ConnectedInventory | undefined;
  try {
    const inventory = await timed("find", () => whole(way));
    opened = inventory;
    const first = await timed("compare", () => compared(way, inventory));
    const refused = unreachable(first);
    await timed("undo", () => undone(way, inventory, first.differences));
    const differences = [...first.differences];
    if (refused.size === 0 && isHidden(first))
      await timed("wait for the API server", () => awaitApiServer(inventory, refused));
    if (refused.size > 0) return { refused, differences, proof: [] };
    const word = proofWord();
    const prove = () => proveCluster(inventory, way.began, word);
    const [applied, early, seen] = await timed("repair", () =>
      allEnded(run({ graph, inventory, activity, signal }), prove(), compared(way, inventory)),
    );
    // What was seen before a task changed something proves nothing.
    const known = applied === 0 ? { early, seen } : undefined;
    const [left, proof] = await timed("prove", () =>
      allEnded(
        settled(way, inventory, { differences, word, ...(known && { seen: known.seen }) }),
        known ? Promise.resolve(known.early) : prove(),
      ),
    );
    for (const [machine, why] of proof.failed) left.set(machine, [...(left.get(machine) ?? []), why]);
    return { refused: left, differences, proof: [...proof.seen, "the baseline is equal"] };
  } catch (error) {
    assertNotInterrupted(signal);
    if (!(error instanceof LabwrightError)) throw error;
    const why = `was not repaired: ${messageOf(error)}`;
    return { refused: new Map(machines.map((name) => [name, [why]])), differences: [], proof: [] };
  } finally {
    await opened?.close();
  }
}

/** The lab with machines that were paused or stopped running again, and its entrance. */
async function whole({ session, activity }: Way): Promise<ConnectedInventory> {
  const { lab, provider, artifacts, signal } = session;
  const find = (seconds: number) => connectInventory(lab, provider, signal, { activity, seconds });
  const inventory = await find(5);
  await keepEntrance(session, inventory, activity);
  const known = new Set(inventory.found.map(({ name }) => name));
  const off = inventory.missing.filter(({ name }) => known.has(name));
  if (off.length === 0) return inventory;
  await inventory.close();
  await provider.create({ machines: off, artifacts, activity, signal });
  return find(60);
}

/** Whether the API server did not answer. */
const isHidden = ({ blind }: Look): boolean => blind.some(({ recorder }) => recorder === "cluster");

/** Seconds for an API server to answer once what is the lab's own was put back; to create machines again takes as long. */
const apiPatience = 30;

/** Without it, each of the checks that follow would wait to the end of its time. */
async function awaitApiServer(inventory: ConnectedInventory, refused: Refused): Promise<void> {
  if (await apiServerAnswers(inventory, apiPatience)) return;
  refused.set(controlPlaneOf(inventory.lab), [`has no API server that answers within ${apiPatience} s`]);
}

const compared = ({ activity, baseline, machines }: Way, inventory: ConnectedInventory): Promise<Look> =>
  activity.child("check", "compare with the baseline", () => look(inventory, baseline, machines));

async function undone(
  { activity, baseline }: Way,
  inventory: ConnectedInventory,
  differences: readonly Difference[],
): Promise<void> {
  if (differences.length === 0) return;
  await activity.child("task", `undo ${count(differences.length, "difference")}`, async (_, end) => {
    await undoDifferences(inventory, baseline, differences);
    end({ outcome: "changed", details: differences.map(differenceText) });
  });
}

interface Settling {
  /** All that was undone; this adds to it. */
  differences: Difference[];
  /** How the names of the proof's pods begin, which are there meanwhile. */
  word: string;
  /** A first look that still holds. */
  seen?: Look;
}

/** Compares and undoes until nothing is left, and returns what is. */
async function settled(
  way: Way,
  inventory: ConnectedInventory,
  { differences, word, seen: first }: Settling,
): Promise<Refused> {
  const deadline = Date.now() + patience * 1000;
  for (let all = first ?? (await compared(way, inventory)); ; all = await compared(way, inventory)) {
    const seen = { ...all, differences: all.differences.filter((one) => !isOfProof(one, word)) };
    if (seen.differences.length === 0 && seen.blind.length === 0) return new Map();
    if (Date.now() > deadline) return leftIn(seen);
    const known = new Set(differences.map(keyOf));
    differences.push(...seen.differences.filter((one) => !known.has(keyOf(one))));
    await undone(way, inventory, seen.differences);
    await sleep(500, undefined, { signal: way.session.signal });
  }
}

function leftIn({ differences, blind }: Look): Refused {
  const left: Refused = new Map();
  const add = (machine: string, why: string) => left.set(machine, [...(left.get(machine) ?? []), why]);
  for (const { machine, why } of blind) add(machine, why);
  for (const one of differences) add(one.machine, `still differs: ${differenceText(one)}`);
  return left;
}

/** Machines of which nothing can be seen. */
const unreachable = ({ blind }: Look): Refused =>
  new Map(blind.filter(({ recorder }) => recorder === undefined).map(({ machine, why }) => [machine, [why]]));
