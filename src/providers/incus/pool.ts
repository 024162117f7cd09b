import { z } from "zod";
import { messageOf } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Incus } from "./incus.ts";

const poolsSchema = z.array(z.object({ name: z.string(), driver: z.string(), status: z.string() }));

/** Drivers that make a machine out of an image without copying it. */
const copyOnWrite = ["btrfs", "zfs", "lvm", "ceph"];
const ourPool = "labwright";

/**
 * The storage pool that machines lie in: one that copies on write and is there already, else one of our own, btrfs in a
 * file that grows with what is in it. Where the server cannot do that, plain folders, with the reason said.
 */
export async function ensurePool(incus: Incus, note: (text: string) => void): Promise<string> {
  const pools = await incus.query("/1.0/storage-pools?recursion=1", poolsSchema);
  const usable = pools.filter(({ status }) => status === "Created");
  const known =
    usable.find(({ name }) => name === ourPool) ?? usable.find(({ driver }) => copyOnWrite.includes(driver));
  if (known) return known.name;
  try {
    await incus.run(sh`storage create ${incus.at(ourPool)} btrfs`);
    return ourPool;
  } catch (error) {
    note(`no storage pool that copies on write (each machine is a full copy): ${messageOf(error)}`);
  }
  const [plain] = usable;
  if (plain) return plain.name;
  await incus.run(sh`storage create ${incus.at(ourPool)} dir`);
  return ourPool;
}
