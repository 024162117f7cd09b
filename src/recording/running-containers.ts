import type { Inventory } from "../engine/observe.ts";
import { sh } from "../hosts/sh.ts";
import { recordedMachines } from "./record.ts";

/** Machine → ids of containers of the Docker engine on it. */
export type Containers = Record<string, string[]>;

/** The containers that run on each machine, but for those that a kubelet starts by itself. Changes nothing. */
export async function runningContainers(inventory: Inventory): Promise<Containers> {
  const found = recordedMachines(inventory.lab).map(async (name): Promise<[string, string[]]> => {
    const { stdout } = await (await inventory.host(name)).run(sh`
      command -v docker >/dev/null || exit 0
      docker ps -q --no-trunc | grep -vxF "$(docker ps -aq --no-trunc --filter label=io.kubernetes.docker.type)"
      true`);
    return [name, stdout.split("\n").filter((line) => line !== "")];
  });
  return Object.fromEntries((await Promise.all(found)).filter(([, ids]) => ids.length > 0));
}

/** Starts containers that ran before their machine was restarted. Those that do not start are as after any restart. */
export async function startContainers(inventory: Inventory, containers: Containers): Promise<void> {
  await Promise.all(
    Object.entries(containers).map(async ([name, ids]) =>
      (await inventory.host(name)).run(sh`for id in ${ids}; do docker start "$id"; done`, { accept: "any" }),
    ),
  );
}
