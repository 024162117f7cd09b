import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** Seconds that this computer's processors have worked since its start, all together. */
export const processorSeconds = (): number =>
  cpus().reduce((sum, { times: { idle: _, ...busy } }) => sum + Object.values(busy).reduce(add, 0), 0) / 1000;

const add = (one: number, other: number): number => one + other;

interface Rest {
  /** How long each look takes, in seconds. */
  seconds?: number;
  /** How often it is looked at most. */
  looks?: number;
  signal?: AbortSignal;
  /** Seconds worked so far. */
  worked?: () => number;
}

/** How many of this computer's processors are busy, once that falls no more: what has just started works more at first. */
export async function busyAtRest({
  seconds = 2,
  looks = 6,
  signal,
  worked = processorSeconds,
}: Rest = {}): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < looks; look++) {
    const [before, began] = [worked(), Date.now()];
    await sleep(seconds * 1000, undefined, { ...(signal && { signal }) });
    const busy = (worked() - before) / ((Date.now() - began) / 1000);
    if (busy > least * 0.9) return Math.min(busy, least);
    least = busy;
  }
  return least;
}
