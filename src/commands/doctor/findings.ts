import { explainSource } from "../../artifacts/open.ts";
import { clusterNeeds } from "../../components/needs.ts";
import { addonsFrom } from "../../lab/addon-rules.ts";
import { knownSources, type Source } from "../../lab/available.ts";
import type { Lab } from "../../lab/types.ts";
import type { Prerequisites } from "../../providers/types.ts";
import { addonsNotFrom } from "../../session/source.ts";
import { listed } from "../../wording.ts";

/** Whether something that a lab needs is there, in words. */
export interface Finding {
  what: string;
  ok: boolean;
  says: string;
  /** Findings that only make labs slow or small do not make `doctor` fail. */
  advice?: true;
}

/** What a lab needs on this computer. */
export type LabNeeds = Pick<Lab, "provider" | "source" | "mirrors" | "cluster">;

/** What works of each provider. Only the lab's own has to. */
export async function prerequisiteFindings(
  provider: string,
  all: Map<string, Prerequisites>,
): Promise<Finding[]> {
  return Promise.all(
    [...all].map(async ([what, prerequisites]) => ({
      what,
      ...(await prerequisites.check()),
      ...(what !== provider && { advice: true as const }),
    })),
  );
}

/** Where the programs of such a lab would come from, and why. */
export const sourceOf = ({ source, mirrors, cluster }: LabNeeds) =>
  explainSource({
    ...{ choice: source, mirrors, kubernetesVersion: cluster.version, needs: clusterNeeds(cluster) },
  });

/** A source that the lab file names is not checked here: `up` reports which of its hosts it could not reach. */
export async function sourceFindings(needs: LabNeeds): Promise<Finding[]> {
  const { source, why } = await sourceOf(needs);
  const says = source === undefined ? why : `${source}: ${why}`;
  return [{ what: "source", ok: source !== undefined, says }, addonFinding(needs, source)];
}

/** Which addons each source has, and whether the lab's source has those of the lab. */
function addonFinding({ cluster }: LabNeeds, source: Source | undefined): Finding {
  const missing = source === undefined ? [] : addonsNotFrom(source, cluster);
  const from = knownSources.map((one) => `from ${one}: ${addonsFrom(one).join(", ")}`);
  const lack = missing.length > 0 ? [`${listed(missing)} cannot be had from ${source}`] : [];
  return { what: "addons", ok: missing.length === 0, says: [...lack, ...from].join("; ") };
}
