import { rm } from "node:fs/promises";
import type { Activity } from "../activity/activity.ts";
import { localhost, type Task } from "../engine/graph.ts";
import { undo } from "../engine/undo.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { setFolders } from "../lab/machine-set.ts";
import { labFolder } from "../paths.ts";
import type { MachineInfo } from "../providers/types.ts";
import { connectInventory } from "../session/inventory.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { leftWords, undoExercises, undoPast } from "../session/past.ts";
import { type ForgetOptions, type LabOptions, openSession, type Session, show } from "../session/session.ts";
import { withoutRefill } from "../session/spares-lock.ts";
import { print } from "../ui/print.ts";

const wayOn = "Run `labwright down` again to remove the rest.";

/** Deletes the lab: its files on this computer, its machines, its network, its folder. Also an incomplete lab. */
export async function down(options: LabOptions & ForgetOptions): Promise<void> {
  const session = await openSession({ ...options, startsEngine: true });
  await removeLab(session, async (work) => {
    const { result } = await show(`down ${session.lab.name}`, { ...options, wayOn }, work);
    if (!options.json) print(summary(result));
  });
}

/** All of `down`; `act` runs what takes the lab away as an activity. */
export async function removeLab(
  session: Session,
  act: (work: (activity: Activity) => Promise<TakenAway>) => Promise<void>,
): Promise<void> {
  const locked = () =>
    withLabLock(session, () => act((activity) => takeAway(session, activity)), {
      amidRestore: true,
      anySet: true,
    });
  await withoutRefill(session, locked);
  await removeFolders(session.lab.name);
}

/** Removes what this computer has of a lab that is gone. */
export async function removeFolders(lab: string): Promise<void> {
  for (const folder of [...(await setFolders(lab)), labFolder(lab)])
    await rm(folder, { recursive: true, force: true });
}

function summary({ removed, left }: TakenAway): string {
  const words =
    removed.length === 0 ? "There was nothing to take away.\n" : `Taken away: ${removed.join(", ")}.\n`;
  return [words, ...leftWords(left).map((line) => `${line}\n`)].join("");
}

export interface TakenAway {
  /** What was removed, in words. */
  removed: string[];
  /** What stays on machines because labwright did not create it, in words. */
  left: string[];
}

const running = (found: readonly MachineInfo[]): string[] =>
  found.flatMap((one) => (one.running ? [one.name] : []));

/** All of `down` except its output and the lab's folder. */
export async function takeAway(session: Session, activity: Activity): Promise<TakenAway> {
  const { lab, graph, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal, { activity });
  let failureHere: unknown;
  let left: string[] = [];
  const stopped = new Set<string>();
  try {
    // `destroy` reports machines that do not answer, after all others are restored.
    const there = new Set(provider.machinesStay ? running(inventory.found) : []);
    const onMachines = ({ machine, step }: Task) => there.has(machine.name) && step.within !== "cluster";
    const undoing = { graph, inventory, activity, signal };
    await undo({ ...undoing, stays: ({ machine }) => machine === localhost }).catch((error: unknown) => {
      assertNotInterrupted(signal);
      failureHere = error;
    });
    if (provider.machinesStay)
      left = await undoExercises(inventory.found, { session, inventory, activity, stopped });
    left.push(...(await undo({ ...undoing, stays: onMachines, stopped })));
    left.push(...(await undoPast(inventory.found, { session, inventory, activity, stopped })));
  } finally {
    await inventory.close();
  }
  assertNotInterrupted(signal);
  const removed = await activity.child("machine", "remove the machines", async (child, end) => {
    const what = await provider.destroy(child, signal);
    end({ outcome: what.length > 0 ? "changed" : "ok", details: what });
    return what;
  });
  // An error on this computer must not prevent the deletion of machines, which may cost money.
  if (failureHere !== undefined) throw failureHere;
  return { removed, left };
}
