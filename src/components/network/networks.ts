import type { Contents } from "../../linux/before.ts";
import { calico } from "./calico/network.ts";
import type { PodNetwork } from "./pod-network.ts";

/** The pod networks, by the lab file's word for each. */
export const networks: Readonly<Record<"calico", PodNetwork>> = { calico };

/** All of them: what a node is cleared of may come from another network than the lab file names now. */
const all: readonly PodNetwork[] = Object.values(networks);

/** What any network has of a kind. */
export const ofNetworks = (part: (network: PodNetwork) => readonly string[]): string[] => all.flatMap(part);

type Part = "state" | "configuration" | "programs" | "ownPrograms" | "logs" | "runtime";

/** What any network writes in the folders of these kinds. */
export function networkContents(...parts: Part[]): Contents {
  const contents: Record<string, readonly string[]> = {};
  for (const part of parts)
    for (const network of all)
      for (const [folder, names] of Object.entries(network[part]))
        contents[folder] = [...new Set([...(contents[folder] ?? []), ...names])];
  return contents;
}
