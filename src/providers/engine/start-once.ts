import { join } from "node:path";
import { withLock } from "../../local/lock.ts";
import { dataFolder } from "../../paths.ts";

/** Starts a daemon of ours unless it answers: two commands may want it at once, and the second one waits for the first. */
export const startOnce = (
  name: "docker" | "incus",
  answers: () => Promise<unknown>,
  start: () => Promise<void>,
): Promise<void> =>
  withLock(
    join(dataFolder(), "locks", `start-${name}`),
    { code: "engine-locked", what: `the start of labwright's own ${name} engine`, patience: 120_000 },
    async () => {
      if (!(await answers())) await start();
    },
  );
