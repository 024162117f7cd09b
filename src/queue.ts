import { setTimeout as sleep } from "node:timers/promises";

/** Runs pieces of work one at a time: of those that wait, the one with the lowest rank is next. */
export interface Queue {
  /** `onWait` is called once when the work cannot start at once. */
  run<T>(rank: number, work: () => Promise<T>, onWait?: () => void): Promise<T>;
}

/** Milliseconds that an idle queue waits for more work, so that the rank decides and not who asked first. */
const gathering = 30;

export function oneAtATime(signal?: AbortSignal): Queue {
  const waiting: { rank: number; start: () => void }[] = [];
  let busy = false;

  const next = () => {
    waiting.sort((a, b) => a.rank - b.rank);
    const first = waiting.shift();
    busy = first !== undefined;
    first?.start();
  };

  return {
    async run(rank, work, onWait) {
      if (busy) onWait?.();
      const turn = new Promise<void>((start) => waiting.push({ rank, start }));
      if (!busy) {
        busy = true;
        sleep(gathering).then(next);
      }
      await turn;
      try {
        signal?.throwIfAborted();
        return await work();
      } finally {
        next();
      }
    },
  };
}
