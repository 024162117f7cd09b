import type { CloudName } from "../../lab/available.ts";
import type { CloudChoice } from "../../lab/cloud.ts";
import { aws } from "./aws/definition.ts";
import type { Cloud, CloudKind, RegionClient } from "./cloud.ts";
import { hetzner } from "./hetzner/definition.ts";

/** One word for each cloud. */
export const kinds: Record<CloudName, CloudKind> = { hetzner, aws };

export async function openCloud(
  { name, region }: CloudChoice,
  environment: NodeJS.ProcessEnv,
): Promise<Cloud> {
  return (await kinds[name].load()).open(environment, region);
}

/** Every cloud for which the environment has credentials, in each of its regions: all that can be asked without a lab file. */
export async function cloudsAtHand(
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<(RegionClient & { name: string })[]> {
  const atHand = Object.entries(kinds).filter(([, { variables }]) =>
    variables.some((variable) => environment[variable]),
  );
  const opened = atHand.map(async ([name, { load }]) => {
    const everywhere = await (await load()).everywhere(environment, signal);
    return everywhere.map((part) => ({ name, ...part }));
  });
  return (await Promise.all(opened)).flat();
}
