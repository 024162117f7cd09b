import { statfs } from "node:fs/promises";
import { cpus, freemem } from "node:os";
import type { Machine } from "../lab/types.ts";

const mebibyte = 2 ** 20;

/** What is left for machines where a provider creates them. */
export interface Capacity {
  /** `this computer`. */
  place: string;
  /** Whether that is this computer. */
  isHere?: true;
  cpus: number;
  /** Available, in MiB. */
  memory: number;
  /** Free in the folder where the engine keeps the machines, in MiB; absent if that is unknown. */
  disk?: { folder: string; free: number };
  /** What a machine needs whose size the lab file does not name, in MiB. */
  least(machine: Machine): Need;
}

export interface Need {
  memory: number;
  disk: number;
}

/**
 * The least with which a machine in a container comes up. A control plane with Calico was seen to use 790 MiB. Labs run
 * better with what `doctor` advises.
 */
export const leastInContainer = ({ role }: Machine): Need =>
  role === "control-plane"
    ? { memory: 1024, disk: 1024 }
    : role === "worker"
      ? { memory: 512, disk: 1024 }
      : { memory: 64, disk: 256 };

/** What this computer has. `folder`: where the engine keeps the machines; absent, or not on this computer: not compared. */
export async function localCapacity({
  folder,
  least = leastInContainer,
}: {
  folder?: string;
  least?: Capacity["least"];
}): Promise<Capacity> {
  const disk = folder === undefined ? undefined : await statfs(folder).catch(() => undefined);
  return {
    place: "this computer",
    isHere: true,
    cpus: cpus().length,
    // Linux counts what it can take back from caches as available, and so does Node.
    memory: Math.floor(freemem() / mebibyte),
    ...(folder !== undefined &&
      disk && { disk: { folder, free: Math.floor((disk.bavail * disk.bsize) / mebibyte) } }),
    least,
  };
}
