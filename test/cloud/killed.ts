import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { CloudService } from "./service.ts";

export interface Moment {
  method: string;
  path: RegExp;
  skip?: number;
}

/**
 * Starts a run of run-up.ts, and ends its whole process group when it makes the request; `carriedOut`: the cloud does it
 * all the same.
 */
export async function killedAt(
  service: CloudService,
  args: readonly string[],
  request: Moment,
  carriedOut: boolean,
): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "run-up.ts"), ...args], {
    detached: true,
    env: process.env,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let met = false;
  service.faults.push({
    ...request,
    times: 1,
    ...(carriedOut ? { drop: true } : { status: 500, delay: 100 }),
    met: () => {
      met = true;
      process.kill(-(child.pid ?? 0), "SIGKILL");
    },
  });
  await ended;
  assert.ok(met, "the run was killed at the request, and not by itself");
}
