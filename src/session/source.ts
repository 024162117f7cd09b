import { labChoices } from "../artifacts/choices.ts";
import { explainSource, type SourceRequest } from "../artifacts/open.ts";
import { clusterNeeds } from "../components/needs.ts";
import { LabwrightError } from "../errors.ts";
import { addonsFrom } from "../lab/addon-rules.ts";
import { knownSources, type Source } from "../lab/available.ts";
import type { Cluster, Lab } from "../lab/types.ts";
import { agree, listed } from "../wording.ts";

/** What a lab asks of a source. */
export const sourceRequest = (lab: Pick<Lab, "name" | "source" | "mirrors" | "cluster">): SourceRequest => ({
  choice: lab.source,
  mirrors: lab.mirrors,
  kubernetesVersion: lab.cluster.version,
  needs: clusterNeeds(lab.cluster),
  choices: labChoices(lab.name),
});

/** The addons of a cluster that a source does not have. */
export const addonsNotFrom = (source: Source, { addons = [] }: Pick<Cluster, "addons">): string[] =>
  addons.filter((name) => !addonsFrom(source).includes(name));

/**
 * Throws `addon-not-in-source` if `source: auto` leads to a source that does not have an addon of the lab. A source that the
 * lab file names is compared with its addons when the file is read.
 */
export async function assertAddonsAvailable(lab: Lab): Promise<void> {
  const isRestricted = knownSources.some((one) => addonsNotFrom(one, lab.cluster).length > 0);
  if (lab.source !== "auto" || !isRestricted) return;
  const { source, why } = await explainSource(sourceRequest(lab));
  const missing = source === undefined ? [] : addonsNotFrom(source, lab.cluster);
  if (source === undefined || missing.length === 0) return;
  throw new LabwrightError({
    code: "addon-not-in-source",
    message: `the ${agree(missing.length, "addon", "addons")} ${listed(missing)} cannot be had from the source ${source}, which \`source: auto\` uses: ${why}`,
    remedy: `Take ${agree(missing.length, "it", "them")} out of \`cluster.addons\`; from ${source} there are ${listed(addonsFrom(source))}.`,
  });
}
