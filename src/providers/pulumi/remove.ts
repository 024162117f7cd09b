import { setTimeout as sleep } from "node:timers/promises";
import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { type Removal, type RemovalOptions, removeInOrder } from "../machine/removal.ts";
import { type Cloud, type CloudResource, removalOrder } from "./cloud.ts";
import { tag } from "./tags.ts";

/** Checks the cloud until nothing is left: a request whose answer was lost may have created something meanwhile. */
const rounds = 6;

/** Removes everything with the lab's id in its tags, whatever any state has. Returns what was removed, in words. */
export const removeLab = (
  cloud: Cloud,
  { name, id }: { name: string; id: string | undefined },
  activity: Activity,
  signal?: AbortSignal,
): Promise<string[]> =>
  removeAll(
    cloud,
    async () => (await cloud.list(name)).filter(({ tags }) => id !== undefined && tags[tag.id] === id),
    activity,
    signal,
  );

/**
 * Removes what `list` returns, until it is empty. As long as servers are left, nothing else is removed: the controller of a
 * cluster creates load balancers, and is found by the lab's network. Throws `cloud-leftovers`.
 */
export async function removeAll(
  cloud: Cloud,
  list: () => Promise<CloudResource[]>,
  activity: Activity,
  signal?: AbortSignal,
): Promise<string[]> {
  const removed: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const resources = await list();
    if (resources.length === 0) return removed;
    if (round > 0) await sleep(1000);
    const hasServers = resources.some(({ kind }) => kind === "server");
    const [first = [], ...others] = groupsOf(cloud, resources);
    const groups = hasServers && !signal?.aborted ? [first] : [first, ...others];
    for (const words of await removeInOrder(groups, { activity, signal, rounds: 1 }))
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

/** Servers, then what they used. */
const groupsOf = (cloud: Cloud, resources: readonly CloudResource[]): Removal[][] =>
  removalOrder
    .map((kind) => resources.filter((resource) => resource.kind === kind))
    .filter((some) => some.length > 0)
    .map((some) =>
      some.map((resource) => ({ what: wordsOf(resource), remove: () => cloud.remove(resource) })),
    );

/** Removes resources, each kind in parallel. */
export const removeResources = (
  cloud: Cloud,
  resources: readonly CloudResource[],
  options: Pick<RemovalOptions, "activity" | "signal">,
): Promise<string[]> => removeInOrder(groupsOf(cloud, resources), { ...options, rounds: 1 });

export const wordsOf = ({ kind, name }: CloudResource): string => `${kind} ${name}`;
