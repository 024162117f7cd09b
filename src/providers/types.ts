import type { Activity } from "../activity/activity.ts";
import type { ArtifactStore } from "../artifacts/lazy.ts";
import type { Access } from "../hosts/types.ts";
import type { Claim } from "../lab/identity.ts";
import type { Lab, Machine, MachinePlace } from "../lab/types.ts";
import type { Capacity } from "./capacity.ts";

/** What an `up` set up on a machine: the parts of the lab file that decide which tasks ran there. */
export interface Made extends Pick<Lab, "playbooks" | "cluster"> {
  machine: Machine;
}

/** A machine that the provider lists as the lab's. */
export interface MachineInfo {
  name: string;
  running: boolean;
  /** Whether it is frozen, and goes on as it was. */
  paused?: true;
  /** Its state and what `up` does about it, if the machine is not simply stopped: words after its name. */
  pending?: string;
  /** Where other machines reach it. */
  address: string;
  /** How we reach it. */
  access: Access;
  /** `host:port` at which this computer reaches one of its TCP ports; undefined if it cannot. */
  reach(port: number): string | undefined;
  /** What `create` still has to give it; absent if it matches the lab file. */
  lacks?: Lack;
  /** Why its size is not that of the lab file, and what to do, if `create` cannot change it. */
  misfit?: { message: string; remedy: string };
  /** What earlier lab files had made there, oldest first; for machines that stay after the lab. */
  past?: readonly Made[];
}

/** Logins (the lab's key, the login user, passwords) or a size that a machine does not have yet. */
export interface Lack {
  /** Follows the machine's name: `does not know the lab's key`. */
  words: string;
  /** Whether we cannot log in without it. */
  closed: boolean;
}

export interface CreateRequest {
  machines: readonly Machine[];
  artifacts: ArtifactStore;
  activity: Activity;
  signal: AbortSignal;
}

/** A lab's fixed entrance, as it is. */
export interface EntranceInfo {
  state: "running" | "paused" | "stopped" | "missing";
  /** The name or address by which it is reached; absent: the lab file wants none. */
  host?: string;
  /** The names of its doors with their ports; empty if none are known yet. */
  ports: Readonly<Record<string, number>>;
  /** What `keepEntrance` does about it: words that follow "the entrance"; absent if it matches the lab file. */
  why?: string;
}

/** Machines of one engine, server, cloud or set of hosts. `list` asks it; no file of ours records which machines exist. */
export interface Provider {
  /** The machines existed before the lab and stay after it: the steps' work on them has to be undone. */
  readonly machinesStay?: true;
  /**
   * The lab's machines that exist now, running or not. Changes nothing: no file, no machine, nothing of the provider's.
   * Throws `lab-of-another` if something under the lab's name does not have the lab's id. `note` reports progress.
   */
  list(note?: (text: string) => void): Promise<MachineInfo[]>;
  /**
   * Creates or starts the machines named, and gives them the logins that they lack. One that has run is never deleted: if
   * it does not start, this throws `machine-start-failed`. Machines that a killed run left incomplete are created again. The caller
   * holds the lab's lock, here and below.
   */
  create(request: CreateRequest): Promise<void>;
  /**
   * Freezes running machines: they take no processor time, and keep their memory. `create` lets them go on. Absent if the provider's
   * machines cannot be frozen.
   */
  pause?(machines: readonly string[]): Promise<void>;
  /** Absent if the provider keeps one set of machines for a lab. */
  readonly sets?: MachineSets;
  /** Copies of whole labs; absent if the provider's machines cannot be copied at one point in time. */
  readonly snapshots?: Snapshots;
  /** Throws the errors with which `create` would refuse these machines. Changes nothing; absent: nothing is known beforehand. */
  preflight?(machines: readonly Machine[]): Promise<void>;
  /** The lab's fixed entrance; undefined if there is none and none is wanted. Changes nothing; absent: the provider makes none. */
  entrance?(): Promise<EntranceInfo | undefined>;
  /** Creates or repairs the entrance, has it lead to the machines that there are, or removes it if the lab file has none. */
  keepEntrance?(request: Omit<CreateRequest, "machines">): Promise<void>;
  /** What the computer has left on which `create` creates machines. Changes nothing; absent or undefined: unknown. */
  capacity?(): Promise<Capacity | undefined>;
  /** How many more networks there can be for labs like this one. Changes nothing; absent: unknown. */
  networksLeft?(): Promise<number>;
  /** Everything under the lab's name, with any owner: what `adopt` shows. Changes nothing. */
  claims(): Promise<Claim[]>;
  /** Gives everything under the lab's name without an id this id, the lab's. */
  adopt(id: string): Promise<void>;
  /** Records in the lab's folder what a later command needs to restore hosts; `up` calls it before it changes one. */
  record?(): Promise<void>;
  /**
   * Deletes single machines of the lab, such as those that its file no longer names. Here and below each removal is an activity;
   * `signal` ends the work between two of them, and removals that were not started are then reported as skipped.
   */
  remove(machines: readonly string[], activity: Activity, signal?: AbortSignal): Promise<void>;
  /** Deletes everything of the lab, also incomplete resources and further sets, and nothing else. Returns what was removed, in words. */
  destroy(activity: Activity, signal?: AbortSignal): Promise<string[]>;
  /** What the lab costs; absent if machines cost nothing. Asks the provider; throws if its names are wrong. */
  cost?(): Promise<Cost>;
  /** Sets when everything of the lab may be swept; absent if machines cost nothing. */
  expireAt?(time: Date): Promise<void>;
}

/** Several sets of the machines of one lab, side by side: `Lab.set` says which of them a provider works on. */
export interface MachineSets {
  /**
   * The sets of which something exists, with any owner, and the state of each machine: `running`, `paused`, or the engine's own word.
   * Changes nothing.
   */
  list(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Deletes a set's machines with their network, and an entrance that leads there. Returns what was removed, in words. */
  remove(set: string, activity: Activity, signal?: AbortSignal): Promise<string[]>;
}

/** What there is of a snapshot: each resource in words → what tells it from another of its name. */
export type SnapshotContents = Readonly<Record<string, string>>;

export interface RestoreRequest extends Omit<CreateRequest, "artifacts"> {
  /** Called before the first machine is stopped or deleted. */
  begin(): Promise<void>;
}

/** A part of a snapshot, as a stream of bytes that is read once, and before the next part. */
export interface SnapshotPart {
  /** Lower-case letters, digits, `_`, `.` and `-`, in folders or not; the same for each export. */
  name: string;
  content: AsyncIterable<Uint8Array>;
}

/** All that a provider has of a snapshot. */
export interface SnapshotExport {
  /** What an import has to know beforehand: plain data. */
  about: unknown;
  /** Each is read before the next one is made. */
  parts: AsyncIterable<SnapshotPart>;
}

export interface ImportRequest {
  /** Those of the export, in its order; others are left out. */
  parts: AsyncIterable<SnapshotPart>;
  activity: Activity;
  signal: AbortSignal;
}

/** Copies of a lab's machines at one point in time. */
export interface Snapshots {
  /** The lab's snapshots by name, with all that they need; also what is left of those that were not completed. Changes nothing. */
  list(): Promise<ReadonlyMap<string, SnapshotContents>>;
  /** Copies machines, which are paused. */
  save(name: string, machines: readonly string[], activity: Activity): Promise<void>;
  /**
   * Deletes the machines with everything on them, then creates and starts them as the snapshot has them, with the same addresses.
   * Repeats what a killed run has begun.
   */
  restore(name: string, request: RestoreRequest): Promise<void>;
  /** A snapshot as bytes that do not need this provider's engine. Absent: its copies cannot leave it. */
  export?(name: string, signal: AbortSignal): Promise<SnapshotExport>;
  /**
   * Throws if the lab cannot take a snapshot that is described so; until then, it changes nothing. What it returns takes the parts.
   * If that is killed, `list` has what is left of it.
   */
  import?(name: string, about: unknown): Promise<(request: ImportRequest) => Promise<void>>;
  /** Removes everything of the snapshots named. Returns what was removed, in words. */
  remove(names: readonly string[], activity: Activity, signal?: AbortSignal): Promise<string[]>;
}

/** What machines cost, or why that is unknown. */
export type Cost = {
  /** What it is for: `3 servers of the type cpx22 in nbg1, each with an IPv4 address`. */
  for: string;
} & (
  | {
      /** An hour of everything, with taxes. */
      hourly: number;
      currency: string;
    }
  | { untold: string }
);

/** What a provider needs on this computer: `doctor` checks, installs and stops it. */
export interface Prerequisites {
  /** Reports what there is, or what is missing and how to get it. Changes nothing. */
  check(): Promise<{ ok: boolean; says: string }>;
  /** Installs and starts what is missing, if permitted; `signal` stops it between the two. */
  install(note: (text: string) => void, signal?: AbortSignal): Promise<unknown>;
  /**
   * Starts again for a lab what `install` has started once and what ended with the computer; installs nothing. Returns
   * whether there is something of that kind.
   */
  restart?(lab: Pick<Lab, "incus">, note: (text: string) => void): Promise<boolean>;
  /** Stops what `install` started, and the machines with it. Returns whether there was something to stop. */
  stop(): Promise<boolean>;
}

/** What the person who runs a command can be asked for and shown. */
export interface Prompter {
  /** The file with sudo's passwords for hosts that exist already: one password, or one for each machine. */
  sudoPasswordFile?: string;
  /** Asks on the terminal, without showing what is typed; absent if there is none. */
  askSecret?(question: string): Promise<string>;
  /** Machines that are gone for good: they are not asked, and their records are removed. */
  forget?: readonly string[];
  /** Whether an engine that labwright has started may be started again. */
  startsEngine?: boolean;
  /** Reports once something that the person should know, without stopping the run. */
  warn?(text: string): void;
}

export interface ProviderModule {
  /** Checks what the provider can do; throws with the reason if it cannot run a lab. Changes nothing. */
  open(lab: Lab, person: Prompter): Promise<Provider>;
  /** Who this computer's own settings log in as: machine → user. Used if the lab file names no user. */
  loginUsers?(machines: readonly MachinePlace[]): Promise<ReadonlyMap<string, string>>;
  /** Absent if the provider needs nothing on this computer. */
  prerequisites?: Prerequisites;
}
