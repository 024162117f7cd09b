import type { Activity } from "../activity/activity.ts";
import type { Host } from "../hosts/types.ts";
import { resumeControllers, suspendControllers } from "../kubernetes/suspended-controllers.ts";
import { isControlPlane } from "../lab/roles.ts";
import { keepEntrance } from "./entrance.ts";
import { type ConnectedInventory, connectInventory } from "./inventory.ts";
import type { Session } from "./session.ts";

/**
 * Stops the controllers and freezes the machines that run; returns their names. `check` looks at the lab before anything is changed.
 * No connection stays open: it could not be closed later.
 */
export async function freeze(
  session: Session,
  activity: Activity,
  check: (inventory: ConnectedInventory) => void | Promise<void>,
): Promise<string[]> {
  const running = await withInventory(session, activity, async (inventory) => {
    await check(inventory);
    const names = inventory.found.filter((one) => one.running).map(({ name }) => name);
    await onControlPlanes(inventory, names, activity, "stop the controllers", (host) =>
      host.run(suspendControllers, { accept: "any" }),
    );
    return names;
  });
  if (running.length === 0) return [];
  await activity.child("machine", "pause the machines", async (_, end) => {
    await session.provider.pause?.(running);
    end({ outcome: "changed", details: running });
  });
  return running;
}

/**
 * Lets the lab go on after `freeze`, whatever has happened meanwhile: an interruption does not keep it from that. Returns when the
 * machines went on, in milliseconds since the epoch.
 */
export async function thaw(session: Session, activity: Activity): Promise<number> {
  const { lab, provider, artifacts } = session;
  const signal = new AbortController().signal;
  await provider.create({ machines: lab.machines, artifacts, activity, signal });
  const wentOn = Date.now();
  const uncut = { ...session, signal };
  await withInventory(uncut, activity, async (inventory) => {
    await keepEntrance(uncut, inventory, activity);
    const names = lab.machines.map(({ name }) => name);
    await onControlPlanes(inventory, names, activity, "let the controllers go on", (host) =>
      host.run(resumeControllers),
    );
  });
  return wentOn;
}

async function onControlPlanes(
  { lab, host }: ConnectedInventory,
  machines: readonly string[],
  activity: Activity,
  title: string,
  work: (host: Host) => Promise<unknown>,
): Promise<void> {
  const planes = lab.machines.filter((one) => isControlPlane(one) && machines.includes(one.name));
  if (planes.length === 0) return;
  await activity.child("task", title, async () => {
    for (const { name } of planes) await work(await host(name));
  });
}

async function withInventory<T>(
  { lab, provider, signal }: Session,
  activity: Activity,
  work: (inventory: ConnectedInventory) => Promise<T>,
): Promise<T> {
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    return await work(inventory);
  } finally {
    await inventory.close();
  }
}
