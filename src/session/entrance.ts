import type { Activity, Ending } from "../activity/activity.ts";
import { localhost } from "../engine/graph.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { isLoopback } from "../lab/entrance.ts";
import type { Lab } from "../lab/types.ts";
import type { ConnectedInventory } from "./inventory.ts";
import type { Session } from "./session.ts";

/** Makes the lab's entrance match its file, and lead to the machines that there are. Returns whether it had to. */
export async function keepEntrance(
  { provider, artifacts, signal }: Session,
  { entrance }: Pick<ConnectedInventory, "entrance">,
  activity: Activity,
): Promise<boolean> {
  const why = entrance?.why;
  if (why === undefined) return false;
  assertNotInterrupted(signal);
  await activity.child("machine", title, async (child, end) => {
    await provider.keepEntrance?.({ artifacts, activity: child, signal });
    end({ outcome: "changed", details: [entranceWords(why)] });
  });
  return true;
}

/** Reports whether the entrance matches the lab file, if one is wanted or there. Changes nothing. */
export async function inspectEntrance(
  { entrance }: Pick<ConnectedInventory, "entrance">,
  activity: Activity,
): Promise<boolean> {
  if (!entrance) return true;
  const { why } = entrance;
  const ending: Ending =
    why === undefined ? { outcome: "ok" } : { outcome: "differs", details: [entranceWords(why)] };
  await activity.child("machine", title, async (_, end) => end(ending), { machine: localhost.name });
  return why === undefined;
}

const title = "the entrance";

const entranceWords = (why: string): string => `${title} ${why}`;

/** What a person should know of an entrance that other computers reach, in one sentence without its full stop; else undefined. */
export function openEntranceWords({ entrance }: Pick<Lab, "entrance">): string | undefined {
  if (!entrance || isLoopback(entrance.listen)) return undefined;
  return `the entrance listens at ${entrance.listen}: every computer that reaches this address reaches the SSH servers, the API server and the NodePorts of the lab`;
}
