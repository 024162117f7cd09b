import { LabwrightError } from "../errors.ts";
import type { Lab } from "../lab/types.ts";
import type { Capacity } from "../providers/capacity.ts";
import { count } from "../wording.ts";
import type { Measured } from "./record.ts";

/** What one lab needs, in MiB. */
export interface LabNeed {
  memory: number;
  disk: number;
  /** Whether that was measured on the first lab, and not taken from the lab file and the least sizes alone. */
  measured: boolean;
}

/** Memory that stays for the computer itself, in MiB. */
export const reserve = 512;

/** What a further lab needs: what its machines are given or need at least, or what the first one was seen to take, if that is more. */
export function needOf(
  { machines }: Pick<Lab, "machines">,
  { least }: Pick<Capacity, "least">,
  measured: Measured | undefined,
): LabNeed {
  const sum = (key: "memory" | "disk"): number =>
    machines.reduce((total, machine) => total + (machine[key] ?? least(machine)[key]), 0);
  return {
    memory: Math.max(sum("memory"), measured?.memory ?? 0),
    disk: Math.max(measured?.disk ?? sum("disk"), 1),
    measured: measured !== undefined,
  };
}

/** How many labs fit besides those that are there. */
export function roomFor(need: LabNeed, { memory, disk }: Capacity): number {
  const fits = [Math.floor((memory - reserve) / need.memory)];
  if (disk) fits.push(Math.floor(disk.free / need.disk));
  return Math.max(0, Math.min(...fits));
}

/** Throws `class-too-large`, with figures, if so many more labs do not fit. */
export function assertRoom(name: string, missing: number, need: LabNeed, capacity: Capacity): void {
  const room = roomFor(need, capacity);
  if (missing <= room) return;
  const { memory, disk, place } = capacity;
  const each = need.measured ? "as the first one took" : "as its machines need at least";
  const free = disk ? `, and ${gib(disk.free)} of disk are free in ${disk.folder}` : "";
  throw new LabwrightError({
    code: "class-too-large",
    message: `${count(missing, "more lab")} of the class "${name}" would need ${gib(missing * need.memory)} of memory and ${gib(missing * need.disk)} of disk (${gib(need.memory)} and ${gib(need.disk)} each, ${each}); ${gib(memory)} of memory are available on ${place}, of which ${gib(reserve)} stay for it${free}`,
    remedy:
      room === 0
        ? "Not one more fits: free some memory or disk, or give the machines of the lab file less."
        : `${count(room, "lab")} would fit: name ${room === 1 ? "one student" : `at most ${room} students`} with \`--student\`, give the machines of the lab file less, or free some memory or disk.`,
  });
}

/** What a lab has taken of the computer meanwhile, in MiB. */
export const takenBetween = (before: Capacity, after: Capacity | undefined): Measured => ({
  memory: Math.max(0, before.memory - (after?.memory ?? before.memory)),
  ...(before.disk && after?.disk && { disk: Math.max(0, before.disk.free - after.disk.free) }),
});

/**
 * The part of the processors that labs may keep busy while nobody works in them. The rest is for people and checks: nodes whose leases are
 * late count as NotReady. Twelve labs that kept both of two processors busy could not be made any more.
 */
const idleShare = 0.75;

/** How many labs can run side by side, of which each keeps so many processors busy by itself. */
export const awakeAtOnce = (busy: number, cpus: number): number =>
  Math.max(1, Math.floor((cpus * idleShare) / Math.max(busy, 0.01)));

/** What to do if more labs run than the processors carry; undefined if they do. */
export function awakeAdvice(running: number, { busy }: Partial<Measured>, cpus: number): string | undefined {
  const most = busy === undefined ? running : awakeAtOnce(busy, cpus);
  if (busy === undefined || running <= most) return undefined;
  return `${count(running, "lab")} run, and each keeps ${busy.toFixed(2)} of ${count(cpus, "processor")} busy while nobody works in it: about ${most} can run side by side. \`labwright class up --paused\` and \`labwright class pause\` freeze those that nobody needs now.`;
}

/** `1.5 GiB`. */
export const gib = (mebibytes: number): string => `${(mebibytes / 1024).toFixed(1)} GiB`;
