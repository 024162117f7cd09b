import { z } from "zod";
import { type Capacity, leastInContainer, localCapacity } from "../capacity.ts";
import { type Engine, ownFolder } from "./engine.ts";
import type { Incus } from "./incus.ts";
import type { Member } from "./members.ts";
import { usablePool } from "./pool.ts";

/** In bytes. */
const amountSchema = z.object({ total: z.number(), used: z.number() });

const resourcesSchema = z.object({ cpu: z.object({ total: z.number() }), memory: amountSchema });

const poolSchema = z.object({ space: amountSchema });

const mebibyte = 2 ** 20;
const freeOf = ({ total, used }: z.output<typeof amountSchema>): number =>
  Math.floor((total - used) / mebibyte);

const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);

/** What a server has left: this computer, another one, or the members of a cluster that answer, all together. */
export async function capacityOf({
  incus,
  own,
  members,
}: Pick<Engine, "incus" | "own" | "members">): Promise<Capacity> {
  if (incus.remote === undefined && members.length === 1)
    return localCapacity({ folder: own ? ownFolder() : "/var/lib/incus" });
  const online = members.filter(({ status }) => status === "Online");
  const pool = await usablePool(incus);
  const each = await Promise.all(online.map((member) => leftOn(incus, member, pool)));
  const disks = each.flatMap(({ disk }) => disk ?? []);
  return {
    place: members.length > 1 ? "the Incus cluster" : `the Incus server ${incus.remote}`,
    cpus: sum(each.map(({ cpus }) => cpus)),
    memory: sum(each.map(({ memory }) => memory)),
    ...(pool !== undefined &&
      disks.length > 0 && { disk: { folder: `the storage pool ${pool}`, free: sum(disks) } }),
    least: leastInContainer,
  };
}

interface Left {
  cpus: number;
  /** In MiB, as `disk`. */
  memory: number;
  disk?: number;
}

async function leftOn(incus: Pick<Incus, "query">, { name, target }: Member, pool?: string): Promise<Left> {
  const at = target.length > 0 ? `?target=${name}` : "";
  const [{ cpu, memory }, storage] = await Promise.all([
    incus.query(`/1.0/resources${at}`, resourcesSchema),
    pool === undefined ? undefined : incus.query(`/1.0/storage-pools/${pool}/resources${at}`, poolSchema),
  ]);
  return {
    cpus: cpu.total,
    memory: freeOf(memory),
    ...(storage && { disk: freeOf(storage.space) }),
  };
}
