import { z } from "zod";
import { messageOf } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Engine } from "./engine.ts";
import type { Incus } from "./incus.ts";
import { assertAnswer, type Member, makeOnAll } from "./members.ts";

const poolsSchema = z.array(
  z.object({
    name: z.string(),
    driver: z.string(),
    status: z.string(),
    /** The members of a cluster on which it is prepared. */
    locations: z.array(z.string()).nullish(),
  }),
);

/** Drivers that create a machine from an image without copying it. */
const copyOnWrite = ["btrfs", "zfs", "lvm", "ceph"];
const ourPool = "labwright";
/**
 * How far the file may grow, in GiB. Without it Incus takes a fifth of what is free on the disk, from 5 GiB on, which is
 * less than the node image and three machines need.
 */
const size = 40;

type Pool = z.output<typeof poolsSchema>[number];

const poolsOf = (incus: Pick<Incus, "query">): Promise<Pool[]> =>
  incus.query("/1.0/storage-pools?recursion=1", poolsSchema);
const isOurs = ({ name }: Pool): boolean => name === ourPool;
const isUsable = ({ status }: Pool): boolean => status === "Created";
const preferred = (usable: readonly Pool[]): Pool | undefined =>
  usable.find(isOurs) ?? usable.find(({ driver }) => copyOnWrite.includes(driver));

/** The name of the pool that machines have now, or would have if it need not be created; undefined if there is none. */
export const usablePool = async (incus: Pick<Incus, "query">): Promise<string | undefined> =>
  preferred((await poolsOf(incus)).filter(isUsable))?.name;

/**
 * The storage pool of the machines: an existing copy-on-write pool, else our own, btrfs in a
 * file that grows with its content. If the server supports neither, plain folders, and the reason is reported. One of ours
 * that a killed run has left incomplete on a cluster is completed.
 */
export async function ensurePool({ incus, members }: Engine, note: (text: string) => void): Promise<string> {
  const pools = await poolsOf(incus);
  const usable = pools.filter(isUsable);
  const known = preferred(usable);
  if (known && isOurs(known)) await widen(incus, members);
  if (known) return known.name;
  assertAnswer(members, "cannot create a storage pool");
  const make = (driver: string, options: { each?: string[]; known?: readonly string[] }) =>
    makeOnAll(incus, members, sh`storage create ${incus.at(ourPool)} ${driver}`, options);
  try {
    await make("btrfs", { each: [`size=${size}GiB`], known: pools.find(isOurs)?.locations ?? [] });
    return ourPool;
  } catch (error) {
    // Another lab's run may have created it meanwhile.
    const made = (await poolsOf(incus)).find(isOurs);
    if (made?.status === "Created") return ourPool;
    if (made) await incus.run(sh`storage delete ${incus.at(ourPool)}`).catch(() => {});
    note(
      `could not create a copy-on-write storage pool, so each machine is a full copy: ${messageOf(error)}`,
    );
  }
  const [plain] = usable;
  if (plain) return plain.name;
  await make("dir", {});
  return ourPool;
}

/** A pool of ours that an older labwright made smaller. A pool on a member that does not answer now is not changed. */
async function widen(incus: Incus, members: readonly Member[]): Promise<void> {
  for (const { target } of members) {
    const said = await incus.run(sh`storage get ${incus.at(ourPool)} size ${target}`, { accept: "any" });
    const [, now] = /^(\d+)GiB$/.exec(said) ?? [];
    if (now !== undefined && Number(now) < size)
      await incus.run(sh`storage set ${incus.at(ourPool)} ${`size=${size}GiB`} ${target}`);
  }
}
