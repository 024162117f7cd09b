import { LabwrightError } from "../errors.ts";
import { quantityOf } from "../lab/sizes.ts";
import type { Lab, Machine } from "../lab/types.ts";
import type { Capacity } from "../providers/capacity.ts";
import type { MachineInfo, Provider } from "../providers/types.ts";
import { listed } from "../wording.ts";
import { assertProxyElsewhere } from "./proxies.ts";
import { assertAddonsAvailable } from "./source.ts";

/**
 * Throws if the lab file asks for what cannot be had: `size-fixed` for an existing machine of another size,
 * `addon-not-in-source`, and `lab-too-large` for more than the provider's computer has left. Changes nothing. `recreate`:
 * machines that are going to be deleted and created again.
 */
export async function assertFits(
  lab: Lab,
  provider: Provider,
  found: readonly MachineInfo[],
  recreate: readonly string[] = [],
): Promise<void> {
  const misfits = found.flatMap(({ name, misfit }) => (misfit && !recreate.includes(name) ? [misfit] : []));
  if (misfits.length > 0) throw sizeFixed(misfits);
  await assertProxyElsewhere(lab);
  await assertAddonsAvailable(lab);
  const capacity = await provider.capacity?.();
  const wrong = capacity ? shortages(lab, capacity, found) : [];
  if (wrong.length > 0) throw tooLarge(lab, wrong);
}

interface Shortage {
  message: string;
  remedy: string;
}

/** What the lab needs and the computer does not have. Running machines have their memory already, existing ones their disk. */
export function shortages(
  { machines }: Pick<Lab, "machines">,
  capacity: Capacity,
  found: readonly Pick<MachineInfo, "name" | "running">[],
): Shortage[] {
  const isFound = ({ name }: Machine) => found.some((one) => one.name === name);
  const isRunning = ({ name }: Machine) => found.some((one) => one.name === name && one.running);
  const { disk } = capacity;
  return [
    ...processors(machines, capacity),
    ...shortage(
      "memory",
      machines.filter((one) => !isRunning(one)),
      capacity,
      {
        left: capacity.memory,
        words: `available on ${capacity.place}`,
      },
    ),
    ...(disk
      ? shortage(
          "disk",
          machines.filter((one) => !isFound(one)),
          capacity,
          {
            left: disk.free,
            words: `free in ${disk.folder}`,
          },
        )
      : []),
  ];
}

/** Machines share processors, so their sum may be larger; none can have more than there are. */
function processors(machines: readonly Machine[], { cpus, place }: Capacity): Shortage[] {
  const large = machines.filter((machine) => (machine.cpus ?? 0) > cpus);
  if (large.length === 0) return [];
  const words = large.map(({ name, cpus: wanted }) => `${name} has cpus: ${wanted}`);
  return [{ message: `${listed(words)}, and ${place} has ${cpus}`, remedy: `Write at most cpus: ${cpus}.` }];
}

function shortage(
  key: "memory" | "disk",
  machines: readonly Machine[],
  { least }: Capacity,
  { left, words }: { left: number; words: string },
): Shortage[] {
  const needs = machines.map((machine) => ({ machine, need: machine[key] ?? least(machine)[key] }));
  const sum = needs.reduce((total, { need }) => total + need, 0);
  if (sum <= left) return [];
  const each = needs.map(({ machine: { name }, need }) => `${name} ${quantityOf(need)}`);
  const largest = fitting(needs, left);
  const fit =
    largest.length === 0 ? "None of them would fit" : `The largest lab that fits has ${listed(largest)}`;
  return [
    {
      message: `${machines.length === 1 ? "it needs" : "they need"} ${shownGiB(sum)} of ${key} (${listed(each, 8)}), and ${shownGiB(left)} are ${words}`,
      remedy: `${fit}: remove machines or give them less ${key} in the lab file, or free some ${key}.`,
    },
  ];
}

/** The names of as many machines as fit: control planes first, then those that need least. */
function fitting(needs: readonly { machine: Machine; need: number }[], left: number): string[] {
  const isFirst = ({ role }: Machine) => (role === "control-plane" ? 0 : 1);
  const order = needs.toSorted((a, b) => isFirst(a.machine) - isFirst(b.machine) || a.need - b.need);
  let rest = left;
  const names = order.flatMap(({ machine: { name }, need }) => {
    if (need > rest) return [];
    rest -= need;
    return [name];
  });
  return needs.map(({ machine: { name } }) => name).filter((name) => names.includes(name));
}

const shownGiB = (mebibytes: number): string => `${(mebibytes / 1024).toFixed(1)} GiB`;

const tooLarge = ({ name }: Lab, all: readonly Shortage[]): LabwrightError =>
  new LabwrightError({
    code: "lab-too-large",
    message: `the machines of the lab "${name}" do not fit: ${all.map(({ message }) => message).join("; ")}`,
    remedy: all.map(({ remedy }) => remedy).join(" "),
  });

const sizeFixed = (all: readonly Shortage[]): LabwrightError =>
  new LabwrightError({
    code: "size-fixed",
    message: all.map(({ message }) => message).join("; "),
    remedy: [...new Set(all.map(({ remedy }) => remedy))].join(" "),
  });
