import { LabwrightError } from "../errors.ts";
import type { Lab } from "../lab/types.ts";
import type { Capacity } from "../providers/capacity.ts";
import { inotifyLeft } from "../providers/inotify.ts";
import type { Provider } from "../providers/types.ts";
import { agree, count } from "../wording.ts";
import type { Measured } from "./record.ts";

/** What the labs of a class have. */
export interface ClassCapacity extends Capacity {
  /** How many inotify instances may still be opened there; absent if that is unknown. */
  inotify?: number;
  /** How many networks there are left for labs; absent if that is unknown. */
  networks?: number;
}

/** What is left where a provider creates labs; undefined if that is unknown. */
export async function classCapacity(provider: Provider): Promise<ClassCapacity | undefined> {
  const capacity = await provider.capacity?.();
  if (!capacity) return undefined;
  const [inotify, networks] = await Promise.all([
    capacity.isHere ? inotifyLeft() : undefined,
    provider.networksLeft?.(),
  ]);
  return {
    ...capacity,
    ...(inotify !== undefined && { inotify }),
    ...(networks !== undefined && { networks }),
  };
}

/** What one lab needs, in MiB. */
export interface LabNeed {
  memory: number;
  disk: number;
  /** Inotify instances; absent before that was measured. */
  inotify?: number;
  /** Networks: one for the lab, and one for each of its spares. */
  networks: number;
  /** Whether that was measured on the first lab, and not taken from the lab file and the least sizes alone. */
  measured: boolean;
}

/** Memory that stays for the computer itself, in MiB. */
export const reserve = 512;

/** What a further lab needs: what its machines are given or need at least, or what the first one was seen to take, if that is more. */
export function needOf(
  { machines, spares = 0 }: Pick<Lab, "machines" | "spares">,
  { least }: Pick<Capacity, "least">,
  measured: Measured | undefined,
): LabNeed {
  const sum = (key: "memory" | "disk"): number =>
    machines.reduce((total, machine) => total + (machine[key] ?? least(machine)[key]), 0);
  return {
    memory: Math.max(sum("memory"), measured?.memory ?? 0),
    disk: Math.max(measured?.disk ?? sum("disk"), 1),
    ...(measured?.inotify && { inotify: measured.inotify }),
    networks: 1 + spares,
    measured: measured !== undefined,
  };
}

/** How many labs fit besides those that are there. */
export function roomFor(need: LabNeed, capacity: ClassCapacity): number {
  const { memory, disk } = capacity;
  const fits = [Math.floor((memory - reserve) / need.memory)];
  if (disk) fits.push(Math.floor(disk.free / need.disk));
  for (const { each, left } of limitsOf(need, capacity)) fits.push(Math.floor(left / each));
  return Math.max(0, Math.min(...fits));
}

/** Throws `class-too-large`, with figures, if so many more labs do not fit. */
export function assertRoom(name: string, missing: number, need: LabNeed, capacity: ClassCapacity): void {
  const room = roomFor(need, capacity);
  if (missing <= room) return;
  const { memory, disk, place } = capacity;
  const each = need.measured ? "as the first one took" : "as its machines need at least";
  const fewer = limitsOf(need, capacity)
    .map((limit) => ({ ...limit, wanted: missing * limit.each }))
    .filter(({ wanted, left }) => wanted > left);
  const others = fewer.map(
    ({ words, wanted, left }) =>
      `; they would need ${words(wanted)}, and ${left} ${agree(left, "is", "are")} left`,
  );
  const free = disk ? `, and ${gib(disk.free)} of disk are free in ${disk.folder}` : "";
  throw new LabwrightError({
    code: "class-too-large",
    message: `${count(missing, "more lab")} of the class "${name}" would need ${gib(missing * need.memory)} of memory and ${gib(missing * need.disk)} of disk (${gib(need.memory)} and ${gib(need.disk)} each, ${each}); ${gib(memory)} of memory are available on ${place}, of which ${gib(reserve)} stay for it${free}${others.join("")}`,
    remedy: [...fewer.map(({ remedy, wanted }) => remedy(wanted)), remedyFor(room)].join(" "),
  });
}

const remedyFor = (room: number): string =>
  room === 0
    ? "Not one more fits: free some memory or disk, or give the machines of the lab file less."
    : `${count(room, "lab")} would fit: name ${room === 1 ? "one student" : `at most ${room} students`} with \`--student\`, give the machines of the lab file less, or free some memory or disk.`;

/** Something besides memory and disk that labs use up. */
interface Limit {
  each: number;
  left: number;
  /** So many of it. */
  words(amount: number): string;
  remedy(amount: number): string;
}

/** The limits that are known. */
const limitsOf = (need: LabNeed, { inotify, networks }: ClassCapacity): Limit[] => [
  ...(inotify !== undefined && need.inotify
    ? [
        {
          each: need.inotify,
          left: inotify,
          words: (amount: number) => `${count(amount, "inotify instance")} (${need.inotify} each)`,
          remedy: (amount: number) =>
            `Raise the limit of inotify instances: \`sysctl -w fs.inotify.max_user_instances=${2 ** Math.ceil(Math.log2(2 * amount + 1024))}\`.`,
        },
      ]
    : []),
  ...(networks !== undefined
    ? [
        {
          each: need.networks,
          left: networks,
          words: (amount: number) => count(amount, "network"),
          remedy: () =>
            "Remove labs that nobody needs, or `network.subnet` from the lab file: each lab has a network.",
        },
      ]
    : []),
];

/** What a lab has taken of the computer meanwhile, in MiB. */
export const takenBetween = (before: ClassCapacity, after: ClassCapacity | undefined): Measured => ({
  memory: Math.max(0, before.memory - (after?.memory ?? before.memory)),
  ...(before.inotify !== undefined &&
    after?.inotify !== undefined && { inotify: Math.max(0, before.inotify - after.inotify) }),
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
