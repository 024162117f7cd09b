import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../../errors.ts";
import { neverStartedWords, recreateRemedy } from "../machine/start-failure.ts";
import type { MachineInfo } from "../types.ts";
import type { CloudResource } from "./cloud.ts";
import { isFinished, isHalfMade, machineOf } from "./resources.ts";

export interface Waiting {
  signal: AbortSignal;
  note(text: string): void;
  /** How long the cloud may take, and how long until it is asked again, in milliseconds. */
  limit?: number;
  pause?: number;
}

/**
 * Waits until the cloud has finished its actions on the lab's servers, such as a migration. Throws `server-busy` if it
 * does not finish, and `server-detached` if a machine that was handed over is no longer in the lab's network.
 */
export async function usable(
  list: () => Promise<CloudResource[]>,
  { signal, note, limit = 600_000, pause = 3000 }: Waiting,
): Promise<void> {
  for (const end = Date.now() + limit; ; ) {
    const servers = (await list()).filter((resource) => resource.kind === "server" && isFinished(resource));
    const detached = servers.find((resource) => !resource.halfMade && isDetached(resource));
    if (detached) throw serverDetached(detached);
    const busy = servers.filter(({ halfMade, server }) => !halfMade && server?.changing !== undefined);
    const [first] = busy;
    if (!first) return;
    if (Date.now() > end) throw serverBusy(first, limit);
    for (const resource of busy) note(`${wordsOf(resource)}; waiting`);
    await sleep(pause, undefined, { signal });
  }
}

const isDetached = ({ server }: CloudResource): boolean => server?.privateAddress === undefined;

const wordsOf = (resource: CloudResource): string =>
  `the server ${resource.name} of ${machineOf(resource)} is ${resource.server?.changing}`;

/** What `plan` shows for a server that does not count as running. */
export function pendingOf(resource: CloudResource): Pick<MachineInfo, "pending"> {
  const { changing } = resource.server ?? {};
  if (resource.halfMade) return { pending: "is being deleted by the cloud, and will be created again" };
  if (isHalfMade(resource)) return { pending: neverStartedWords };
  if (!isFinished(resource)) return { pending: "has no logins yet, and will get them or be created again" };
  if (isDetached(resource))
    return { pending: "is not attached to the lab's network, and `up` fails until it is" };
  if (changing !== undefined) return { pending: `is ${changing} in the cloud, and will be waited for` };
  return {};
}

const serverDetached = (resource: CloudResource): LabwrightError =>
  new LabwrightError({
    code: "server-detached",
    message: `the server ${resource.name} of ${machineOf(resource)} is no longer attached to the lab's network`,
    remedy: recreateRemedy(
      machineOf(resource),
      "Attach it again in the cloud's console, at the private address that it had, then run `labwright up` again",
    ),
  });

const serverBusy = (resource: CloudResource, limit: number): LabwrightError =>
  new LabwrightError({
    code: "server-busy",
    message: `${wordsOf(resource)} for more than ${Math.round(limit / 60_000)} minutes`,
    remedy: "Wait until the cloud's console shows it running or off, then run `labwright up` again.",
  });
