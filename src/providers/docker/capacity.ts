import { totalmem } from "node:os";
import { type Capacity, leastInContainer, localCapacity } from "../capacity.ts";
import type { EngineFacts } from "./docker.ts";

/**
 * What an engine has left. One that has all of this computer's memory runs on it; of another one, elsewhere or in a virtual
 * machine, only the whole is known.
 */
export async function engineCapacity({
  cpus,
  memory,
  rootFolder,
}: Pick<EngineFacts, "cpus" | "memory" | "rootFolder">): Promise<Capacity | undefined> {
  if (!(cpus > 0 && memory > 0)) return undefined;
  if (memory === totalmem()) return localCapacity({ folder: rootFolder });
  return {
    ...{ place: "the engine's computer", cpus, memory: Math.floor(memory / 2 ** 20) },
    least: leastInContainer,
  };
}
