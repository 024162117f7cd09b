import { join } from "node:path";
import { LabwrightError, messageOf } from "../errors.ts";
import type { SourceChoice } from "../lab/available.ts";
import type { Mirrors } from "../lab/types.ts";
import { cacheFolder } from "../paths.ts";
import { isSupportedMinor } from "../versions.ts";
import { openCache } from "./cache.ts";
import { type ChoiceStore, passingChoices } from "./choices.ts";
import { compilingTime } from "./modules/estimate.ts";
import { requireGo } from "./modules/go.ts";
import { modulesSource, notInModules } from "./modules/source.ts";
import type { Needs } from "./needs.ts";
import type { Artifacts } from "./types.ts";
import { unreachable } from "./upstream/reachable.ts";
import { upstreamSource } from "./upstream/source.ts";

export interface SourceRequest {
  choice: SourceChoice;
  mirrors: Mirrors;
  /** `1.36`, or in full `1.36.1`. */
  kubernetesVersion: string;
  needs: Needs;
  /** What the lab has chosen before; absent: nothing. */
  choices?: ChoiceStore;
  signal?: AbortSignal;
}

export interface OpenRequest extends SourceRequest {
  /** Whether nobody watches, so that a long compilation has to be asked for: a CI job. */
  unattended?: boolean;
  /** Tells a person what they should know before it begins. */
  warn?(text: string): void;
}

export interface SourceExplanation {
  source: "upstream" | "modules" | undefined;
  why: string;
}

/** Which source a lab would use, and why; `source` is undefined if none works. Asks upstream unless the lab has chosen. */
export async function explainSource(request: SourceRequest): Promise<SourceExplanation> {
  const { choice, mirrors, kubernetesVersion, needs, choices, signal } = request;
  if (choice !== "auto") return { source: choice, why: "set in the lab file" };
  const before = (await choices?.read())?.source;
  if (before !== undefined) return { source: before, why: "the lab was created with it" };
  const silent = await unreachable(kubernetesVersion, needs, mirrors, signal);
  if (silent === undefined)
    return { source: "upstream", why: "packages, images and manifests are reachable" };
  const go = await requireGo(signal).catch((error: unknown) => new Error(messageOf(error)));
  if (typeof go !== "string") return { source: undefined, why: `${silent}; and ${go.message}` };
  if (!isSupportedMinor(kubernetesVersion))
    return { source: undefined, why: `${silent}; and ${notInModules(kubernetesVersion).message}` };
  return { source: "modules", why: `${silent}; Go ${go} compiles what is needed` };
}

/**
 * Opens the source that a lab asks for, and remembers it for the lab. Throws `no-source` with both reasons if `auto`
 * finds none, `compiling-not-asked-for` if programs would have to be compiled and nobody watches.
 */
export async function openArtifacts(request: OpenRequest): Promise<Artifacts> {
  const { signal, mirrors, kubernetesVersion, choices = passingChoices(), choice, warn } = request;
  const { source, why } = await explainSource({ ...request, choices });
  if (source === undefined) throw noSource(why);
  const cache = openCache(join(cacheFolder(), "artifacts"), signal);
  const isNew = (await choices.read()).source !== source;
  if (choice === "auto" && source === "modules" && isNew) {
    const time = await compilingTime(cache, request.needs, kubernetesVersion);
    if (time !== undefined && request.unattended) throw notAskedFor(why, time);
    if (time !== undefined) warn?.(compilingAhead(why, time));
  }
  if (isNew)
    await choices.change((all) => {
      all.source = source;
    });
  const options = { cache, kubernetesVersion, signal };
  return source === "modules" ? modulesSource(options) : upstreamSource({ ...options, mirrors, choices });
}

const compilingAhead = (why: string, time: string): string =>
  `${why.split(";")[0]}: compiling all programs from their Go modules, which takes ${time} once; to use upstream, press Ctrl-C and set \`source: upstream\` in the lab file`;

const notAskedFor = (why: string, time: string): LabwrightError =>
  new LabwrightError({
    code: "compiling-not-asked-for",
    message: `upstream cannot be used (${why.split(";")[0]}), and compiling all programs takes ${time}`,
    remedy:
      'Write "source: modules" into the lab file, or set LABWRIGHT_SOURCE=modules, if the job may take that long.',
  });

const noSource = (why: string): LabwrightError =>
  new LabwrightError({
    code: "no-source",
    message: `no source has the cluster's programs: ${why}`,
    remedy:
      'Connect to the internet, name mirrors in the lab file, write "source: upstream" to try all the same, or install Go so that they can be compiled.',
  });
