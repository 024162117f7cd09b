import { setTimeout as sleep } from "node:timers/promises";

export interface FirstAnswers {
  /** Until each URL has answered once, counted from the beginning; infinite if one has not. */
  seconds: number;
  /** Requests that failed although their URL had answered before. */
  failures: string[];
}

/** Asks URLs over new connections until `stop`. */
export function firstAnswers(urls: readonly string[]): { stop(): Promise<FirstAnswers> } {
  const began = Date.now();
  const first = new Map<string, number>();
  const failures: string[] = [];
  let isStopped = false;
  const ask = async (url: string): Promise<void> => {
    for (; !isStopped; await sleep(100)) {
      const signal = AbortSignal.timeout(first.has(url) ? 5000 : 500);
      const page = await fetch(url, { headers: { connection: "close" }, signal }).catch(() => undefined);
      const text = await page?.text().catch(() => undefined);
      const after = (Date.now() - began) / 1000;
      if (text?.includes("nginx")) first.set(url, first.get(url) ?? after);
      else if (first.has(url)) failures.push(`${url} after ${after.toFixed(1)} s`);
    }
  };
  const ended = Promise.all(urls.map(ask));
  return {
    async stop() {
      isStopped = true;
      await ended;
      const seconds = Math.max(...urls.map((url) => first.get(url) ?? Number.POSITIVE_INFINITY));
      return { seconds, failures };
    },
  };
}
