import type { Inventory } from "../engine/observe.ts";
import { LabwrightError } from "../errors.ts";
import { runAll } from "../hosts/batch.ts";
import { lines } from "../hosts/sh.ts";
import { accountRecorder } from "./accounts.ts";
import { clusterRecorder } from "./cluster.ts";
import { dockerRecorder } from "./docker.ts";
import { fileRecorder } from "./files.ts";
import { type Item, itemOf, keyOf, type Recorder, type Recording } from "./types.ts";

/** Milliseconds in which a working machine prints something; kubectl waits up to 60 s for each deletion. */
const silence = 120_000;

const recorders: Record<string, Recorder> = {
  docker: dockerRecorder,
  cluster: clusterRecorder,
  files: fileRecorder,
  accounts: accountRecorder,
};

/** Records the state of the lab's machines, in one round trip per machine. Changes nothing. */
export async function record(inventory: Inventory): Promise<Recording> {
  // If labwright is not root there, it changes nothing either, and could read only a part.
  const mayLook = inventory.lab.machines.filter(({ user, sudo }) => user === "root" || sudo !== "none");
  const machines = mayLook.map(({ name }) => name);
  const entries = await Promise.all(machines.map((machine) => recordMachine(inventory, machine)));
  return Object.fromEntries(entries.flat().sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function recordMachine(inventory: Inventory, machine: string): Promise<[string, string][]> {
  const probes = Object.fromEntries(Object.entries(recorders).map(([name, { probe }]) => [name, probe]));
  const options = { silence, ...(inventory.signal && { signal: inventory.signal }) };
  const outputs = await runAll(await inventory.host(machine), probes, options).catch((error: unknown) => {
    throw error instanceof LabwrightError && error.code === "output-too-large"
      ? tooMuch(machine, error)
      : error;
  });
  return Object.entries(recorders).flatMap(([name, { read }]) => {
    const output = outputs[name];
    if (output?.code !== 0) throw unseen(machine, name);
    return read(output.stdout).map(({ kind, name, value }): [string, string] => [
      keyOf({ machine, kind, name }),
      value,
    ]);
  });
}

const whatIs: Record<string, string> = {
  docker: "the objects of its Docker engine",
  cluster: "the objects of the cluster",
};

const tooMuch = (machine: string, cause: LabwrightError): LabwrightError =>
  new LabwrightError({
    code: "recording-too-large",
    message: `${machine} has too many files in /etc, /root, /home, /opt or /usr/local to be compared: their names and hashes are more than 128 MiB`,
    remedy: `Find the folder with \`labwright ssh ${machine} 'du --inodes -x /home /root /opt | sort -n | tail'\`, remove it, then run the command again.`,
    cause,
  });

const unseen = (machine: string, what: string): LabwrightError =>
  new LabwrightError({
    code: "recording-failed",
    message: `${machine}: ${whatIs[what] ?? what} could not be recorded`,
    remedy: "Run `labwright up` to repair the lab, then run the command again.",
  });

/** An item that differs from the recording. */
export interface Difference extends Item {
  how: "extra" | "gone" | "changed";
}

/** The differences between two recordings, in their order. */
export function differencesBetween(before: Recording, now: Recording): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return keys.flatMap((key): Difference[] => {
    if (before[key] === now[key]) return [];
    const how = before[key] === undefined ? "extra" : now[key] === undefined ? "gone" : "changed";
    return [{ ...itemOf(key), how }];
  });
}

const words = {
  extra: "is there and was not before",
  gone: "was there before and is gone",
  changed: "is not as it was before",
};

export const differenceText = ({ machine, kind, name, how }: Difference): string =>
  `${machine}: the ${kind} ${name} ${words[how]}`;

/** Removes items that should not be there, on all machines at once. The next recording shows whether they are gone. */
export async function removeExtras(inventory: Inventory, extras: readonly Item[]): Promise<void> {
  const byMachine = Map.groupBy(extras, ({ machine }) => machine);
  await Promise.all(
    [...byMachine].map(async ([machine, items]) => {
      const commands = Object.values(recorders).flatMap((recorder) => {
        const mine = items.filter(({ kind }) => recorder.owns(kind));
        return mine.length === 0 ? [] : [recorder.remove(mine)];
      });
      await (await inventory.host(machine)).run(lines(commands), { accept: "any", silence });
    }),
  );
}
