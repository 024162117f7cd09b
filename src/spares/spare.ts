import { decidedBy } from "../baseline/baseline.ts";
import { freeSets } from "../lab/machine-set.ts";
import type { Lab } from "../lab/types.ts";
import type { SpareRecord } from "./record.ts";

/** Hours after which a spare is made again: the token of Calico's CNI plugin in it is valid for a day. */
export const mostHours = 20;

/** One of a lab's sets of machines that people do not work with. */
export interface Spare {
  set: string;
  /** Absent: it was never completed. */
  record?: SpareRecord;
  /** Why it cannot be taken: words that follow its number. Absent: it can. */
  flaw?: string;
}

/** What a provider and the lab's folder have of sets. */
export interface Known {
  /** Set → the state of each of its machines, as the provider lists it. */
  sets: ReadonlyMap<string, readonly string[]>;
  records: ReadonlyMap<string, SpareRecord>;
  /** The set that people work with. */
  live: string;
  now: Date;
}

/** All spares of a lab, those that can be taken first, of which the newest first. */
export function sparesIn(lab: Lab, { sets, records, live, now }: Known): Spare[] {
  const numbers = [...new Set([...sets.keys(), ...records.keys()])].filter((set) => set !== live);
  const spares = numbers.map((set): Spare => {
    const record = records.get(set);
    const flaw = flawOf(lab, record, sets.get(set) ?? [], now);
    return { set, ...(record && { record }), ...(flaw !== undefined && { flaw }) };
  });
  const rank = ({ flaw, record }: Spare): string => (flaw === undefined ? (record?.made ?? "") : "");
  return spares.sort((a, b) => rank(b).localeCompare(rank(a)) || Number(a.set) - Number(b.set));
}

function flawOf(
  lab: Lab,
  record: SpareRecord | undefined,
  states: readonly string[],
  now: Date,
): string | undefined {
  if (!record) return "is not complete";
  const hours = ageOf(record, now) / 3_600_000;
  if (hours > mostHours) return `is ${Math.floor(hours)} h old, and a token in it is valid for a day`;
  if (record.decided !== decidedBy(lab)) return "was made from another lab file, or by another labwright";
  if (states.length !== lab.machines.length)
    return `has ${states.length} of its ${lab.machines.length} machines`;
  if (states.some((state) => state !== "paused"))
    return "is not frozen any more, as after a restart of the computer";
  return undefined;
}

/** How long ago a spare was frozen, in milliseconds. */
export const ageOf = ({ made }: SpareRecord, now: Date): number => now.getTime() - Date.parse(made);

/** What has to be done for so many spares that can be taken. */
export interface Refill {
  /** Sets that are deleted: they cannot be taken, or are too many. */
  remove: string[];
  /** Sets that are made. */
  make: string[];
}

/** Decides what a refill does. The order of `spares` is that of `sparesIn`. */
export function refillOf(spares: readonly Spare[], wanted: number, live: string): Refill {
  const good = spares.filter(({ flaw }) => flaw === undefined).slice(0, wanted);
  const kept = good.map(({ set }) => set);
  return {
    remove: spares.map(({ set }) => set).filter((set) => !kept.includes(set)),
    make: freeSets(Math.max(0, wanted - kept.length), [live, ...kept]),
  };
}
