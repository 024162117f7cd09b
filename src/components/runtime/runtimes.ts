import { type Runtime, runtimes as words } from "../../lab/available.ts";
import type { Cluster } from "../../lab/types.ts";
import type { ContainerRuntime } from "./container-runtime.ts";

/** The lab file's word for a runtime is the name of its folder. */
async function load(name: Runtime): Promise<[Runtime, ContainerRuntime]> {
  const { runtime }: { runtime: ContainerRuntime } = await import(`./${name}/runtime.ts`);
  return [name, runtime];
}

const runtimes: ReadonlyMap<Runtime, ContainerRuntime> = new Map(
  await Promise.all(words.supported.map(load)),
);

/** The container runtime of a lab's nodes. */
export function runtimeOf({ runtime: name }: Pick<Cluster, "runtime">): ContainerRuntime {
  const runtime = runtimes.get(name);
  if (!runtime) throw new RangeError(`there is no container runtime ${name}`);
  return runtime;
}

/** What any runtime has of a kind: a machine may have had another one than the lab file names. */
export const ofRuntimes = <T>(part: (runtime: ContainerRuntime) => readonly T[]): T[] =>
  [...runtimes.values()].flatMap(part);
