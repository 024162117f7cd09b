import type { Activity } from "../activity/activity.ts";
import type { Snapshots } from "../providers/types.ts";
import { noteRestoring } from "../snapshots/unfinished.ts";
import type { Session } from "./session.ts";

/** Replaces the lab's machines by those of a snapshot. Until the caller's `noteRestored` the lab counts as incomplete. */
export const restoreMachines = (
  { lab, signal }: Pick<Session, "lab" | "signal">,
  snapshots: Snapshots,
  name: string,
  activity: Activity,
): Promise<void> =>
  activity.child("machine", `restore the machines from ${name}`, (child) =>
    snapshots.restore(name, {
      ...{ machines: lab.machines, activity: child, signal },
      begin: () => noteRestoring(lab.name, name),
    }),
  );
