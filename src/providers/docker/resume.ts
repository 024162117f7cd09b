import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { startFailed } from "../machine/start-failure.ts";
import type { Docker } from "./docker.ts";

/** The engine's start time of a container that was never started, in `docker inspect`: Go's zero time. */
const never = "0001-01-01";

/**
 * Makes an existing machine run, whatever its state: it may have changed since the lab was listed. Returns
 * false if it has never been started, and only then. Throws `machine-start-failed` with the engine's own words.
 */
export async function resume(docker: Docker, machine: string, container: string): Promise<boolean> {
  const text = await docker.run(
    sh`container inspect --format ${"{{.State.Status}} {{.State.StartedAt}}"} ${container}`,
  );
  const [status = "", startedAt = ""] = text.split(" ");
  if (startedAt.startsWith(never)) return false;
  if (status === "running") return true;
  const verb = status === "paused" ? "unpause" : "start";
  await docker.run(sh`${verb} ${container}`).catch((error: unknown) => {
    if (!(error instanceof LabwrightError) || error.code !== "command-failed") throw error;
    throw startFailed(machine, `container ${container}`, error);
  });
  return true;
}
