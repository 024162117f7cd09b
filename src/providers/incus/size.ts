import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { type Size, sizeDifferences } from "../../lab/sizes.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import type { Incus } from "./incus.ts";

/** An instance, as far as its size goes; `devices` are its own, without those of its profile. */
export interface Sized {
  config: Readonly<Record<string, string>>;
  devices?: Readonly<Record<string, Readonly<Record<string, string>>>> | null | undefined;
}

/** Incus' own words for MiB: https://linuxcontainers.org/incus/docs/main/reference/instance_units/ */
const quantity = (mebibytes: number): string => `${mebibytes}MiB`;

/** https://linuxcontainers.org/incus/docs/main/reference/instance_options/#resource-limits */
export const limitKeys = ({ cpus, memory, processes }: Size): Record<string, string> => ({
  ...(cpus !== undefined && { "limits.cpu": `${cpus}` }),
  ...(memory !== undefined && { "limits.memory": quantity(memory) }),
  ...(processes !== undefined && { "limits.processes": `${processes}` }),
});

/** The root disk of an instance that does not have the one of its profile. */
export const rootDevice = ({ disk }: Size, pool: string): Record<string, Record<string, string>> =>
  disk === undefined ? {} : { root: { type: "disk", path: "/", pool, size: quantity(disk) } };

const mebibytesOf = (text: string | undefined): number | undefined => {
  const [, number] = /^(\d+)MiB$/.exec(text ?? "") ?? [];
  return number === undefined ? undefined : Number(number);
};

/** The limits of an instance, as labwright sets them. */
export function sizeOf({ config, devices }: Sized): Size {
  const cpus = Number(config["limits.cpu"]);
  const processes = Number(config["limits.processes"]);
  const memory = mebibytesOf(config["limits.memory"]);
  const disk = mebibytesOf(devices?.root?.size);
  return {
    ...(Number.isInteger(cpus) && { cpus }),
    ...(memory !== undefined && { memory }),
    ...(disk !== undefined && { disk }),
    ...(Number.isInteger(processes) && { processes }),
  };
}

/** Gives an existing instance the machine's size, running or not, if it has another. */
export async function updateSize(
  incus: Pick<Incus, "run" | "at">,
  machine: Machine,
  { name, project, ...instance }: Sized & { name: string; project: string },
): Promise<void> {
  const has = sizeOf(instance);
  if (sizeDifferences(has, machine).length === 0) return;
  const words = Object.entries(limitKeys(machine)).map(([key, value]) => `${key}=${value}`);
  if (words.length > 0) await incus.run(sh`config set --project ${project} ${incus.at(name)} ${words}`);
  if (machine.disk === undefined || machine.disk === has.disk) return;
  const verb = instance.devices?.root ? "set" : "override";
  const size = `size=${quantity(machine.disk)}`;
  await incus.run(sh`config device ${verb} --project ${project} ${incus.at(name)} root ${size}`);
}

const poolSchema = z.object({ driver: z.string() });

/** Throws `disk-unlimited` if the lab file names the size of a disk and the pool keeps machines in plain folders. */
export async function assertQuota(
  incus: Pick<Incus, "query">,
  { machines }: Lab,
  pool: string,
): Promise<void> {
  const sized = machines.flatMap(({ name, disk }) => (disk === undefined ? [] : [name]));
  if (sized.length === 0) return;
  const { driver } = await incus.query(`/1.0/storage-pools/${pool}`, poolSchema);
  if (driver !== "dir") return;
  throw new LabwrightError({
    code: "disk-unlimited",
    message: `the storage pool "${pool}" has plain folders, whose size has no limit, and the lab file names a disk for ${sized.join(", ")}`,
    remedy: "Remove disk from the lab file, or create a storage pool with btrfs, zfs or lvm.",
  });
}
