import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { type Cloud, removalOrder, type Thing } from "./cloud.ts";
import { tag } from "./tags.ts";

/** Looks at the cloud until nothing is left: an answer that was lost on its way may have made something meanwhile. */
const rounds = 6;

/** Removes everything of the lab with that id by its tags, whatever any state says. Returns what was removed, in words. */
export const removeLab = (
  cloud: Cloud,
  { name, id }: { name: string; id: string | undefined },
  note: (text: string) => void,
  signal?: AbortSignal,
): Promise<string[]> =>
  removeAll(
    cloud,
    async () => (await cloud.list(name)).filter(({ tags }) => id !== undefined && tags[tag.id] === id),
    note,
    signal,
  );

/**
 * Removes what `list` finds, until it finds nothing. While servers are left nothing else goes: the controller of a
 * cluster makes load balancers, and is known by the lab's network. Throws `cloud-leftovers`.
 */
export async function removeAll(
  cloud: Cloud,
  list: () => Promise<Thing[]>,
  note: (text: string) => void,
  signal?: AbortSignal,
): Promise<string[]> {
  const removed: string[] = [];
  for (let round = 0; round < rounds; round++) {
    assertNotInterrupted(signal);
    const things = await list();
    if (things.length === 0) return removed;
    if (round > 0) await sleep(1000);
    const servers = things.filter(({ kind }) => kind === "server");
    for (const words of await removeThings(cloud, servers.length > 0 ? servers : things, note))
      if (!removed.includes(words)) removed.push(words);
  }
  const left = await list();
  if (left.length === 0) return removed;
  throw new LabwrightError({
    code: "cloud-leftovers",
    message: `the cloud still has ${left.map(wordsOf).join(", ")}`,
    remedy: "run `labwright down` or `labwright sweep` again in a minute",
  });
}

/** Servers side by side, then what they used. */
export async function removeThings(
  cloud: Cloud,
  things: readonly Thing[],
  note: (text: string) => void,
): Promise<string[]> {
  for (const kind of removalOrder) {
    const some = things.filter((thing) => thing.kind === kind);
    if (some.length > 0) note(`removing ${some.map(({ name }) => name).join(", ")}`);
    await Promise.all(some.map((thing) => cloud.remove(thing)));
  }
  return things.map(wordsOf);
}

export const wordsOf = ({ kind, name }: Thing): string => `${kind} ${name}`;
