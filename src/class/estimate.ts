import { type ClassCapacity, type LabNeed, roomFor } from "./room.ts";

/** What making one lab was seen to take. */
export interface OneLab {
  /** All of it. */
  seconds: number;
  /** Downloads and builds, which are there for every further lab: a part of `seconds`. */
  onceSeconds: number;
  /** What the computer's processors worked meanwhile, all together; absent if that is unknown. */
  processorSeconds?: number;
}

export interface Estimate {
  /** How many labs are to be made. */
  missing: number;
  jobs: number;
  /** Seconds for the first lab, where downloads and builds are not there yet. */
  first: number;
  /** Seconds for each further lab by itself. */
  each: number;
  /** Seconds for all that are to be made: the first one alone, the others side by side. */
  all: number;
}

/** How long `class up` takes for so many labs, as far as one lab shows that. */
export function timeFor(
  missing: number,
  { seconds, onceSeconds, processorSeconds = 0 }: OneLab,
  { jobs, cpus }: { jobs: number; cpus: number },
): Estimate {
  const each = Math.max(0, seconds - onceSeconds);
  const further = Math.max(0, missing - 1);
  // Side by side they share the processors, which may be what they wait for.
  const rounds = Math.ceil(further / jobs) * each;
  const shared = (further * processorSeconds * (each / (seconds || 1))) / cpus;
  const all = missing === 0 ? 0 : each + Math.max(rounds, shared);
  return { missing, jobs, first: seconds, each, all };
}

export interface Fit {
  need: LabNeed;
  capacity: ClassCapacity;
  /** How many labs of the class fit, with those that are there. */
  fits: number;
  /** Whether all that are to be made fit. */
  isEnough: boolean;
}

/** Whether so many more labs fit beside those that are there. */
export function fitOf(labs: { made: number; missing: number }, need: LabNeed, capacity: ClassCapacity): Fit {
  const room = roomFor(need, capacity);
  return { need, capacity, fits: labs.made + room, isEnough: labs.missing <= room };
}
