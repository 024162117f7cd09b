import { setTimeout as sleep } from "node:timers/promises";

/** Asks a URL over new connections until `stop`, which returns what failed. */
export function polled(url: string): { stop(): Promise<string[]> } {
  const failures: string[] = [];
  let isStopped = false;
  const ended = (async () => {
    while (!isStopped) {
      const asked = fetch(url, { headers: { connection: "close" }, signal: AbortSignal.timeout(10_000) });
      try {
        const response = await asked;
        await response.text();
        if (!response.ok) failures.push(`HTTP ${response.status}`);
      } catch (error) {
        failures.push(String(error));
      }
      await sleep(200);
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await ended;
      return failures;
    },
  };
}
