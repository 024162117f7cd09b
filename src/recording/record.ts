import type { Inventory } from "../engine/observe.ts";
import { LabwrightError } from "../errors.ts";
import { runAll } from "../hosts/batch.ts";
import { lines } from "../hosts/sh.ts";
import { isRootThere } from "../lab/accounts.ts";
import type { Lab } from "../lab/types.ts";
import { accountRecorder } from "./accounts.ts";
import { clusterRecorder } from "./cluster.ts";
import { dockerRecorder } from "./docker.ts";
import { fileRecorder } from "./files.ts";
import { type FoundItem, type Item, keyOf, type Recorder, type Recording } from "./types.ts";

/** Milliseconds in which a working machine prints something; kubectl waits up to 60 s for each deletion. */
const silence = 120_000;

/** By what each records. */
export type Recorders = Readonly<Record<string, Recorder>>;

/** What an exercise may change, and its reset undoes. */
export const exerciseRecorders: Recorders = {
  docker: dockerRecorder,
  cluster: clusterRecorder,
  files: fileRecorder,
  accounts: accountRecorder,
};

/** Machines that are recorded: if labwright is not root there, it changes nothing either, and could read only a part. */
export const recordedMachines = ({ machines }: Pick<Lab, "machines">): string[] =>
  machines.filter(isRootThere).map(({ name }) => name);

/** Records the state of the lab's machines, in one round trip per machine. Changes nothing. */
export async function record(inventory: Inventory): Promise<Recording> {
  const machines = recordedMachines(inventory.lab);
  const found = await Promise.all(machines.map((name) => recordMachine(inventory, name, exerciseRecorders)));
  return recordingOf(found.flat());
}

/** What was found on one machine. */
export type FoundThere = FoundItem & Item;

/** The items' values, in the order of their keys. */
export const recordingOf = (found: readonly FoundThere[]): Recording =>
  Object.fromEntries(
    found
      .map((item): [string, string] => [keyOf(item), item.value])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

/**
 * All that recorders find on a machine, in one round trip. Changes nothing. Throws `recording-failed` if something cannot be seen,
 * unless `onBlind` is given: it is called with the name of each recorder that failed.
 */
export async function recordMachine(
  inventory: Inventory,
  machine: string,
  recorders: Recorders,
  onBlind?: (recorder: string) => void,
): Promise<FoundThere[]> {
  const probes = Object.fromEntries(Object.entries(recorders).map(([name, { probe }]) => [name, probe]));
  const options = { silence, ...(inventory.signal && { signal: inventory.signal }) };
  const outputs = await runAll(await inventory.host(machine), probes, options).catch((error: unknown) => {
    throw error instanceof LabwrightError && error.code === "output-too-large"
      ? tooMuch(machine, error)
      : error;
  });
  return Object.entries(recorders).flatMap(([name, { read }]) => {
    const output = outputs[name];
    if (output?.code !== 0) {
      if (!onBlind) throw unseen(machine, name);
      onBlind(name);
      return [];
    }
    return read(output.stdout).map((found) => ({ ...found, machine }));
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
  recordingFailed(`${machine}: ${whatIs[what] ?? what} could not be recorded`);

export const recordingFailed = (message: string): LabwrightError =>
  new LabwrightError({
    code: "recording-failed",
    message,
    remedy: "Run `labwright up` to repair the lab, then run the command again.",
  });

/** Removes items that should not be there, on all machines at once. The next recording shows whether they are gone. */
export async function removeExtras(inventory: Inventory, extras: readonly Item[]): Promise<void> {
  const byMachine = Map.groupBy(extras, ({ machine }) => machine);
  await Promise.all(
    [...byMachine].map(async ([machine, items]) => {
      const commands = Object.values(exerciseRecorders).flatMap((recorder) => {
        const mine = items.filter(({ kind }) => recorder.owns(kind));
        return mine.length === 0 ? [] : [recorder.remove(mine)];
      });
      await (await inventory.host(machine)).run(lines(commands), { accept: "any", silence });
    }),
  );
}
