import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { reasonOf, request } from "../../src/http/client.ts";

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { os: string; architecture: string };
}

export interface ImageManifest {
  manifests?: Descriptor[];
  layers?: Descriptor[];
}

export interface ImageName {
  host: string;
  repository: string;
  tag: string;
}

const accepted = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** The parts of `quay.io/calico/node:v1`. Docker Hub's registry has another name than its images. */
export function parseName(name: string): ImageName {
  const [, first = "", repository = "", tag = ""] = /^([^/]+)\/(.+):([^:/]+)$/.exec(name) ?? [];
  return { host: first === "docker.io" ? "registry-1.docker.io" : first, repository, tag };
}

/** Asks a registry, as anybody: with the token that its 401 says where to get. OCI distribution specification. */
async function ask({ host, repository }: ImageName, path: string): ReturnType<typeof request> {
  const url = `https://${host}/v2/${repository}/${path}`;
  const get = (headers: Record<string, string> = {}) =>
    request(url, { headers: { accept: accepted, ...headers } }).catch((cause: unknown) => {
      throw new Error(`${host} does not answer: ${reasonOf(cause)}`);
    });
  let response = await get();
  if (response.status === 401) {
    await response.body?.cancel();
    const token = await tokenFor(response.headers.get("www-authenticate") ?? "", repository);
    response = await get({ authorization: `Bearer ${token}` });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new RegistryError(`${url} answers with ${response.status}`, response.status);
}

/** A registry's answer that is not a success. */
export class RegistryError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

async function tokenFor(challenge: string, repository: string): Promise<string> {
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = field("realm");
  if (realm === undefined)
    throw new Error(`the registry asks for "${challenge}", which is not an anonymous token`);
  const url = new URL(realm);
  url.searchParams.set("service", field("service") ?? "");
  url.searchParams.set("scope", `repository:${repository}:pull`);
  const response = await request(url.href);
  if (!response.ok) throw new Error(`${url.host} gives no token: it answers with ${response.status}`);
  const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
  return token ?? access_token ?? "";
}

export async function manifestOf(
  name: ImageName,
  reference: string,
): Promise<{ digest: string; manifest: ImageManifest }> {
  const response = await ask(name, `manifests/${reference}`);
  const digest = response.headers.get("docker-content-digest") ?? reference;
  return { digest, manifest: (await response.json()) as ImageManifest };
}

export async function blob(name: ImageName, digest: string): Promise<Buffer> {
  const response = await ask(name, `blobs/${digest}`);
  return response.body ? buffer(Readable.fromWeb(response.body)) : Buffer.alloc(0);
}

/** The manifest of an image for a processor, in its index. */
export const forProcessor = (
  { manifests = [] }: ImageManifest,
  architecture: string,
): Descriptor | undefined =>
  manifests.find(({ platform }) => platform?.os === "linux" && platform.architecture === architecture);
