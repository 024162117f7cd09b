import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { type Size, sizeDifferences } from "../../lab/sizes.ts";
import type { Machine } from "../../lab/types.ts";
import type { Docker } from "./docker.ts";

/** The limits of `docker create` and `docker update`. Without a limit for swap, Docker lets a container use as much again. */
export const limitFlags = ({ cpus, memory, processes }: Size): string[] => [
  ...(processes === undefined ? [] : ["--pids-limit", `${processes}`]),
  ...(cpus === undefined ? [] : ["--cpus", `${cpus}`]),
  ...(memory === undefined ? [] : ["--memory", `${memory}m`, "--memory-swap", `${memory}m`]),
];

/** Whether the lab file names a limit for the machine. */
export const isLimited = (machine: Size): boolean => limitFlags(machine).length > 0;

const mebibyte = 2 ** 20;

/** The limits of containers, by the engine's id; one that is gone meanwhile has none. */
export async function limitsOf(docker: Docker, engineIds: readonly string[]): Promise<Map<string, Size>> {
  const format = "{{.Id}} {{.HostConfig.NanoCpus}} {{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}";
  const limits = await Promise.all(
    engineIds.map(async (id): Promise<[string, Size]> => {
      const said = await docker.run(sh`container inspect --format ${format} ${id}`, { accept: "any" });
      const [, nanoCpus = 0, bytes = 0, processes = 0] = said.split(" ").map(Number);
      return [
        id,
        {
          ...(nanoCpus > 0 && { cpus: nanoCpus / 1e9 }),
          ...(bytes > 0 && { memory: Math.round(bytes / mebibyte) }),
          ...(processes > 0 && { processes }),
        },
      ];
    }),
  );
  return new Map(limits);
}

/** Gives an existing container the machine's limits, running or not, if it has others. */
export async function updateLimits(docker: Docker, machine: Machine, container: string): Promise<void> {
  if (!isLimited(machine)) return;
  const has = (await limitsOf(docker, [container])).get(container) ?? {};
  if (sizeDifferences(has, machine).length > 0)
    await docker.run(sh`update ${limitFlags(machine)} ${container}`);
}

/** Throws `limits-missing` if the engine would ignore the lab's limits. Changes nothing. */
export async function assertLimits(docker: Docker, machines: readonly Machine[]): Promise<void> {
  const limited = machines.filter(isLimited).map(({ name }) => name);
  if (limited.length === 0) return;
  const said = await docker.run(sh`info --format ${"{{.MemoryLimit}} {{.CPUCfsQuota}} {{.PidsLimit}}"}`);
  if (said === "true true true") return;
  throw new LabwrightError({
    code: "limits-missing",
    message: `this Docker engine cannot limit the processors, memory and processes of containers, and the lab file does for ${limited.join(", ")}`,
    remedy:
      "Remove cpus, memory and processes from the lab file, or use an engine whose kernel has these cgroup controllers.",
  });
}
