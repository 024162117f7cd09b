import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import type { Architecture } from "../../hosts/architecture.ts";
import { type Download, download } from "../../http/download.ts";
import { sha256 } from "../../local/hash.ts";
import type { Blob, ImageManifest } from "../images/layout.ts";
import { registryLogin } from "./registry-login.ts";

/** An image's full name, taken apart: `registry.k8s.io/etcd:3.6.8-0`. */
export interface ImageName {
  registry: string;
  repository: string;
  /** A tag, or a digest. */
  reference: string;
}

/** Docker's names are older than the registry that they mean. */
const hosts: Record<string, string> = { "docker.io": "registry-1.docker.io" };

const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const accepted = [
  ...manifestTypes,
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const blob = z.object({ digest, size: z.int().nonnegative() });
const platform = z.object({ architecture: z.string(), os: z.string() });
const indexShape = z.object({ manifests: z.array(z.object({ digest, platform: platform.optional() })) });
const manifestShape = z.object({ mediaType: z.string().optional(), config: blob, layers: z.array(blob) });

/** Pure. The name is a full one: with its registry, and a tag or a digest. */
export function imageNameOf(full: string): ImageName {
  const [, registry, repository, , tag, pinned] =
    /^([^/]+)\/([^:@]+)((?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?)$/.exec(full) ?? [];
  const reference = pinned ?? tag;
  if (registry && repository && reference) return { registry, repository, reference };
  throw new LabwrightError({
    code: "image-name",
    message: `${full} is not a full image name`,
    remedy: "Write it with its registry and its tag: `docker.io/library/nginx:latest`.",
  });
}

export interface RegistryOptions extends Pick<Download, "signal" | "note"> {
  /** A registry, `http://host:port`, that is asked in place of every other. */
  mirror?: string | undefined;
}

/** One image's repository in its registry, in the words of the OCI distribution specification. */
export interface Repository {
  manifest(architecture: Architecture): Promise<ImageManifest>;
  /** Fetches a blob into a folder and returns its file; a later run continues a download that was interrupted. */
  blob(wanted: Blob, folder: string): Promise<string>;
}

/** Asks nothing yet. Its functions throw what `download` throws, and `image-other-processor`. */
export function openRepository(name: string, { mirror, ...options }: RegistryOptions): Repository {
  const { registry, repository, reference } = imageNameOf(name);
  const root = `${mirror ?? `https://${hosts[registry] ?? registry}`}/v2/${repository}`;
  // By the parameter `ns` a mirror knows whose image is meant; containerd asks it in the same way.
  const query = mirror === undefined ? "" : `?ns=${registry}`;
  const login = registryLogin(`${root}/manifests/${reference}${query}`, options.signal);

  async function fetchTo(file: string, path: string, more: Partial<Download> = {}): Promise<void> {
    const headers = async () => ({ accept: accepted, ...(await login()) });
    await download({ url: `${root}/${path}${query}`, file, headers, ...more, ...options });
  }

  async function document(of: string): Promise<string> {
    const pinned = /^sha256:(.*)$/.exec(of)?.[1];
    // Several machines may need the same image at the same moment.
    const scratch = await mkdtemp(join(tmpdir(), "labwright-manifest-"));
    try {
      const file = join(scratch, "manifest.json");
      await fetchTo(file, `manifests/${of}`, pinned === undefined ? {} : { sha256: pinned });
      return await readFile(file, "utf8");
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  return {
    async manifest(architecture) {
      const first = await document(reference);
      const index = indexShape.safeParse(parsed(first, name));
      if (!index.success) return manifestOf(first, name);
      const match = index.data.manifests.find(
        ({ platform }) => platform?.os === "linux" && platform.architecture === architecture,
      );
      if (match === undefined) throw otherProcessor(name, architecture);
      return manifestOf(await document(match.digest), name);
    },

    async blob({ digest, size }, folder) {
      const hex = digest.replace("sha256:", "");
      const file = join(folder, hex);
      await fetchTo(file, `blobs/${digest}`, { sha256: hex, size });
      return file;
    },
  };
}

function manifestOf(text: string, name: string): ImageManifest {
  const result = manifestShape.safeParse(parsed(text, name));
  if (!result.success) throw notAManifest(name);
  const [oci = ""] = manifestTypes;
  const { mediaType = oci, config, layers } = result.data;
  return { digest: `sha256:${sha256(text)}`, mediaType, text, config, layers };
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAManifest(name);
  }
}

const notAManifest = (name: string): LabwrightError =>
  new LabwrightError({
    code: "image-manifest",
    message: `the registry's answer for ${name} is not an image manifest`,
    remedy: "Open the registry in a browser: it may be a login page or another service.",
  });

const otherProcessor = (name: string, architecture: Architecture): LabwrightError =>
  new LabwrightError({
    code: "image-other-processor",
    message: `${name} is not built for ${architecture}`,
    remedy: "Use machines with another processor, or set `mirrors.images` to a registry that has it.",
  });
