import type { ProviderName } from "../../src/lab/available.ts";
import type { Lab } from "../../src/lab/types.ts";

/**
 * What the suite asks of every provider, in its order. One lab lives through the first group, each part of the second
 * has its own lab.
 */
export const parts = {
  create: "makes two machines, and finds them running, each with its own address",
  access:
    "each machine lets us in as root, by its name, and only with the host key that was known beforehand",
  address: "machines reach each other at their addresses, and this computer reaches them where it says so",
  again: "a machine that was stopped starts again with all that is on it",
  paused: "a machine that was paused goes on with all that is on it",
  unstartable: "a machine that does not start stays as it is, and the error has the place's own words",
  reads: "asking for machines changes neither the lab's folder, nor the place, nor a machine's logins",
  foreign: "a lab of the same name in another folder is refused whatever it asks for, and changes nothing",
  adopt: "a lab whose folder was lost is adopted with all that is on its machines",
  remove: "one machine is removed and created again; the other does not notice",
  sideBySide: "two labs side by side do not know of each other",
  sets: "a further set of a lab's machines is made, frozen and removed beside the first, which does not notice",
  interrupted: "destroy that is interrupted stops between two removals, and says what went and what is left",
  destroy: "destroy leaves nothing of any set, says what it took, and a second time that there is nothing",
  killed: "what a killed run left half-made is made whole by the next",
  killedAway: "what a killed run left half-made is taken away",
  taken: "a name that something else has is a clear error, and what has it stays",
  cut: "a place that goes away in the middle is a clear error, and the next run mends it",
} as const;

export type Part = keyof typeof parts;

/** Something of a name that we would use, and not ours. */
export interface Occupant {
  isThere(): Promise<boolean>;
  remove(): Promise<void>;
}

/** A way to the place that passes through the test. */
export interface Line {
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Puts the direct way back. */
  end(): Promise<void>;
}

/**
 * A provider as the suite sees it. To put one through it, write two small files beside docker's:
 *
 * - `providers-<name>-candidate.ts`: this interface. Everything in it looks at the place, and changes it, past our
 *   provider, by its own tools: else a provider could hide its faults from the suite.
 * - `providers-<name>.test.ts`: `await providerContract(candidate)`.
 *
 * Name in `cannot` each part that has no meaning for the provider, with the reason: it is then skipped by name. Why a provider has
 * one set of machines is in `src/lab/available.ts` already.
 */
export interface Candidate {
  name: ProviderName;
  /** What it is called where another candidate has the same provider. Default: the provider's name. */
  title?: string;
  /** Why it cannot run on this host: everything is then skipped with this reason. False where it can. */
  unavailable: string | false;
  cannot?: Partial<Record<Part, string>>;
  /** A machine's host name, where the place takes no underscore in one; absent: the machine's own name. */
  hostname?(machine: string): string;
  /**
   * Keys of the lab file, as YAML, besides name, provider, machines and playbooks. Where machines exist before the
   * lab does (`ssh`), this makes them, and `host` says where.
   */
  settings?(machines: readonly string[]): Promise<{ text?: string; host?: (machine: string) => string }>;
  /** Names of all that the place holds for a lab: machines, networks, volumes, keys, half-made or whole. */
  things(lab: string): Promise<string[]>;
  /** All that the place says of a lab, in its own words: equal as long as nothing is changed there. */
  state(lab: string): Promise<unknown>;
  /** What names a lab's owner there; absent: `labOwner`. */
  owner?: RegExp;
  /** Environment by which the place is found from another data folder. */
  elsewhere?: Record<string, string>;
  /** Stops one machine without asking it. */
  stop(lab: Lab, machine: string): Promise<void>;
  /** A machine that is created again has the host key that it had. */
  keepsHostKeys?: true;
  /** Pauses one machine, so that none of its processes goes on. */
  pause?(lab: Lab, machine: string): Promise<void>;
  /** Stops one machine and keeps it from starting again; the answer undoes the latter. */
  block?(lab: Lab, machine: string): Promise<{ says: RegExp; unblock(): Promise<void> }>;
  /** By what it is: makes something that has a name which the lab would use, and is not ours. */
  occupy?: Record<string, (lab: Lab) => Promise<Occupant>>;
  /** Puts the test between us and the place, for providers that are opened from now on. */
  line?(): Promise<Line>;
  /** Takes away what `settings` made. */
  close?(): Promise<void>;
}

/** Why a candidate that takes minutes is left out; false where `npm run contract` has asked for all. */
export const tooSlow: string | false =
  process.env.LABWRIGHT_CONTRACT === "all" ? false : "it takes minutes; `npm run contract` runs it";
