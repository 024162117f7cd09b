import type { Activity } from "../activity/activity.ts";
import { localhost } from "../engine/graph.ts";
import type { Inventory } from "../engine/observe.ts";
import { LabwrightError } from "../errors.ts";
import { localHost } from "../hosts/local.ts";
import { connectWhenUp } from "../hosts/ssh.ts";
import type { Host } from "../hosts/types.ts";
import { unlessInterrupted } from "../interruption.ts";
import type { Lab } from "../lab/types.ts";
import { enterBy } from "../providers/entrance-place.ts";
import type { EntranceInfo, MachineInfo, Provider } from "../providers/types.ts";

export interface ConnectedInventory extends Inventory {
  found: MachineInfo[];
  /** The lab's entrance; absent if there is none and none is wanted. */
  entrance?: EntranceInfo;
  /** Machines of the lab file that do not exist, do not run, or lack logins: what `up` has to create. */
  missing: Lab["machines"];
  /** Why each of them is missing: machine → words that follow its name. */
  reasons: ReadonlyMap<string, string>;
  /** All machines that `up` removes, running or not: those of \`surplus\`, and those that are created again. */
  removed: MachineInfo[];
  /** Those of \`removed\` that run and whose nodes are drained. */
  leaving: readonly string[];
  /** Machines of the lab that its file no longer names, each with what `up` does about it: words that follow its name. */
  surplus: (MachineInfo & { why: string })[];
  roundTrips(): number;
  close(): Promise<void>;
}

export interface InventoryOptions {
  /** Seconds until the sshd of a running machine must answer. */
  seconds?: number;
  /** Machines that count as missing although they exist: they are going to be deleted and created again. */
  recreate?: readonly string[];
  /** Whether what runs on the machines of \`recreate\` is discarded, so that they are removed without a drain. */
  discards?: boolean;
  /** Milliseconds until a silent connection counts as lost; absent: the default. */
  silence?: number;
  /** Shows that, and which, provider is asked. */
  activity?: Activity;
}

const creation = (machine: MachineInfo | undefined): string => {
  if (!machine) return "does not exist, and will be created";
  if (!machine.running) return machine.pending ?? "is not running, and will be started";
  return `${machine.lacks?.words}, which \`labwright up\` changes`;
};

const recreating = "will be deleted with everything on it, and created again (--recreate)";

const staying = (machine: MachineInfo | undefined): string =>
  machine ? "does not answer" : "is not part of the lab yet, and will be taken";

const leaving = ({ machinesStay }: Provider, { running, pending }: MachineInfo): string => {
  if (!machinesStay) return "is not in the lab file, and will be removed";
  if (running) return "is not in the lab file, and will be restored";
  return `is not in the lab file, and cannot be restored: it ${pending ?? "does not answer"}`;
};

/** Asks the provider which machines exist; connections are opened when they are first needed. */
export async function connectInventory(
  lab: Lab,
  provider: Provider,
  signal: AbortSignal,
  { recreate = [], discards = false, seconds = 60, silence, activity }: InventoryOptions = {},
): Promise<ConnectedInventory> {
  const list = (child?: Activity) =>
    unlessInterrupted(
      signal,
      Promise.all([provider.list(child && ((text) => child.note(text))), provider.entrance?.()]),
    );
  const [found, entrance] = await (activity ? activity.child("check", "find the machines", list) : list());
  const enter = enterBy(entrance);
  const byName = new Map(found.map((one) => [one.name, one]));
  const hosts = new Map<string, Promise<Host>>([[localhost.name, Promise.resolve(localHost())]]);
  const connected: Host[] = [];

  const reasons = new Map(
    lab.machines.flatMap(({ name }): [string, string][] => {
      const machine = byName.get(name);
      if (machine && recreate.includes(name)) return [[name, recreating]];
      if (machine?.running && !machine.lacks) return [];
      return [[name, provider.machinesStay ? staying(machine) : creation(machine)]];
    }),
  );
  const missing = new Map(
    [...reasons].filter(([name]) => recreate.includes(name) || !isOpen(byName.get(name))),
  );

  const absent = new Map([...behindMissing(lab, missing), ...missing]);

  async function connect(name: string): Promise<Host> {
    const machine = byName.get(name);
    if (!machine) throw unknownMachine(name, lab);
    assertOpen(machine);
    const host = await connectWhenUp(name, machine.access, {
      seconds,
      ...(silence !== undefined && { silence }),
      signal,
    });
    connected.push(host);
    return host;
  }

  const surplus = found.filter(({ name }) => !lab.machines.some((machine) => machine.name === name));
  const removed = [...surplus, ...found.filter(({ name }) => recreate.includes(name))];

  return {
    lab,
    signal,
    found,
    removed,
    leaving: removed.flatMap(({ name, running }) =>
      running && !(discards && recreate.includes(name)) ? [name] : [],
    ),
    missing: lab.machines.filter(({ name }) => reasons.has(name)),
    reasons,
    surplus: surplus.map((one) => ({ ...one, why: leaving(provider, one) })),
    addresses: new Map(found.map(({ name, address }) => [name, address])),
    absent,
    reach: (machine, port) => byName.get(machine)?.reach(port),
    ...(entrance && { entrance }),
    ...(enter && { enter }),
    host(name) {
      const known = hosts.get(name) ?? connect(name);
      hosts.set(name, known);
      return known;
    },
    roundTrips: () => connected.reduce((sum, host) => sum + host.roundTrips, 0),
    close: async () => {
      await Promise.all(connected.map((host) => host.close()));
    },
  };
}

/** Throws `machine-absent` unless every machine of the lab file runs and can be logged in to. */
export function assertWhole({ lab, reasons }: ConnectedInventory): void {
  if (reasons.size === 0) return;
  const words = [...reasons].map(([name, why]) => `${name} ${why}`);
  throw new LabwrightError({
    code: "machine-absent",
    message: `the lab "${lab.name}" is incomplete: ${words.join("; ")}`,
    remedy: "Run `labwright up`, then the command again.",
  });
}

/** Whether a machine can be logged in to. */
const isOpen = (machine: MachineInfo | undefined): boolean =>
  machine?.running === true && !machine.lacks?.closed;

/** Throws `access-missing` if the machine runs and no `up` has set up our login. */
export function assertOpen({ name, running, lacks }: MachineInfo): void {
  if (!running || !lacks?.closed) return;
  throw new LabwrightError({
    code: "access-missing",
    message: `${name} ${lacks.words}`,
    remedy: "Run `labwright up`, which gives machines the logins that they lack.",
  });
}

/** Machines that cannot be asked because one of their jump hosts does not exist, and why. */
function behindMissing(lab: Lab, missing: ReadonlyMap<string, string>): [string, string][] {
  const viaOf = (name: string): string | undefined => lab.machines.find((one) => one.name === name)?.via;
  return lab.machines.flatMap(({ name }): [string, string][] => {
    let via = viaOf(name);
    while (via !== undefined && !missing.has(via)) via = viaOf(via);
    return via === undefined ? [] : [[name, `is reached through ${via}, which ${missing.get(via)}`]];
  });
}

const unknownMachine = (name: string, lab: Lab): LabwrightError =>
  new LabwrightError({
    code: "machine-absent",
    message: `the lab ${lab.name} has no running machine "${name}"`,
    remedy: `Name one of its machines: ${lab.machines.map((machine) => machine.name).join(", ")}. If it is missing, run \`labwright up\`.`,
  });
