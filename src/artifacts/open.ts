import { join } from "node:path";
import { LabwrightError, messageOf } from "../errors.ts";
import type { Mirrors, SourceChoice } from "../lab/types.ts";
import { cacheFolder } from "../paths.ts";
import { openCache } from "./cache.ts";
import { requireGo } from "./modules/go.ts";
import { modulesSource } from "./modules/source.ts";
import { targetOf } from "./target.ts";
import type { Artifacts } from "./types.ts";
import { unanswered } from "./upstream/places.ts";
import { upstreamSource } from "./upstream/source.ts";

export interface SourceRequest {
  choice: SourceChoice;
  mirrors: Mirrors;
  signal?: AbortSignal;
}

export interface OpenRequest extends SourceRequest {
  /** The minor release: `1.36`. */
  kubernetesVersion: string;
}

/** Which source a lab would use, and why; `source` is undefined where none works. Asks upstream at most once, for two seconds. */
export async function explainSource({ choice, mirrors, signal }: SourceRequest): Promise<{
  source: "upstream" | "modules" | undefined;
  why: string;
}> {
  if (choice !== "auto") return { source: choice, why: "the lab file says so" };
  const silent = await unanswered(mirrors, signal);
  if (silent === undefined) return { source: "upstream", why: "packages, images and manifests answer" };
  const go = await requireGo(signal).catch((error: unknown) => new Error(messageOf(error)));
  if (typeof go === "string")
    return { source: "modules", why: `${silent}; Go ${go} compiles what is needed` };
  return { source: undefined, why: `${silent}; and ${go.message}` };
}

/** Opens the source that a lab asks for. Throws `no-source` with both reasons where `auto` finds none. */
export async function openArtifacts(request: OpenRequest): Promise<Artifacts> {
  const { source, why } = await explainSource(request);
  const { signal, mirrors, kubernetesVersion: minor } = request;
  const options = {
    cache: openCache(join(cacheFolder(), "artifacts"), signal),
    target: targetOf(process.arch),
    minor,
    signal,
  };
  if (source === "modules") return modulesSource(options);
  if (source === "upstream") return upstreamSource({ ...options, mirrors });
  throw new LabwrightError({
    code: "no-source",
    message: `there is nowhere to take the cluster's programs from: ${why}`,
    remedy:
      "connect to the internet, name mirrors in the lab file, or install Go so that they can be compiled",
  });
}
