import type { Activity } from "../../activity/activity.ts";
import { assertNotInterrupted } from "../../interruption.ts";

/** Something that is removed as a whole. */
export interface Removal {
  /** In words: `container labwright-basics.cp`. */
  what: string;
  remove(): Promise<unknown>;
}

export interface RemovalOptions {
  activity: Activity;
  /** Ends the work between two rounds of removals. */
  signal?: AbortSignal | undefined;
  /** In how many rounds a group is removed; after 1, the work ends between groups only. Default: 4. */
  rounds?: number;
}

/** `things` in at most so many rounds of about the same size, in their order. */
export function inRounds<T>(things: readonly T[], rounds: number): T[][] {
  const size = Math.max(1, Math.ceil(things.length / rounds));
  return Array.from({ length: Math.ceil(things.length / size) }, (_, round) =>
    things.slice(round * size, (round + 1) * size),
  );
}

/**
 * Removes group after group, each item as its own activity, and returns in words what was removed. If one fails, the others
 * of its group are still removed; the next group, which the failed one may use, is not started, and the first failure is thrown.
 * After an interruption, items that were not started are reported as skipped.
 */
export async function removeInOrder(
  groups: readonly (readonly Removal[])[],
  { activity, signal, rounds = 4 }: RemovalOptions,
): Promise<string[]> {
  const removed: string[] = [];
  const failures: unknown[] = [];
  const waiting = new Set(groups.flat());

  const take = (one: Removal): Promise<void> => {
    waiting.delete(one);
    const work = activity.child("machine", `remove ${one.what}`, async (_, end) => {
      await one.remove();
      removed.push(one.what);
      end({ outcome: "changed" });
    });
    return work.catch((error: unknown) => {
      failures.push(error);
    });
  };
  for (const group of groups) {
    for (const batch of inRounds(group, rounds)) {
      if (signal?.aborted && waiting.size > 0) await stop();
      await Promise.all(batch.map(take));
    }
    if (failures.length > 0) await stop();
  }
  return removed;

  async function stop(): Promise<void> {
    if (signal?.aborted) await skip(waiting, activity);
    if (failures.length > 0) throw failures[0];
    assertNotInterrupted(signal);
  }
}

async function skip(waiting: Iterable<Removal>, activity: Activity): Promise<void> {
  for (const { what } of waiting)
    await activity.child("machine", `remove ${what}`, async (_, end) => end({ outcome: "skipped" }));
}
