import type { Answer, Lookup } from "../serve.ts";
import type { Store } from "./store.ts";

/** How one of the public registries lets an anonymous visitor pull. FACTS.md, R2 to R4 and R8. */
interface PublicRegistry {
  /** As images are named: `docker.io/library/nginx`. */
  prefix: string;
  realm: string;
  service: string;
  /** Whether each request needs the token, not only the first question. */
  isStrict: boolean;
  /** Where blobs really are. */
  blobAt(digest: string): string;
  /** Where manifests really are, if not here. */
  manifestAt?(path: string): string;
  headers: Record<string, string>;
}

const hex = (digest: string): string => digest.replace("sha256:", "");
const pkgDev = "us-west2-docker.pkg.dev";

const registries: Record<string, PublicRegistry> = {
  "registry.k8s.io": {
    prefix: "registry.k8s.io",
    realm: "https://registry.k8s.io/token",
    service: "registry.k8s.io",
    isStrict: false,
    manifestAt: (path) => `https://${pkgDev}/v2/k8s-artifacts-prod/images${path}`,
    blobAt: (digest) =>
      `https://prod-registry-k8s-io-us-east-1.s3.dualstack.us-east-1.amazonaws.com/containers/images/${digest}`,
    headers: {},
  },
  "quay.io": {
    prefix: "quay.io",
    realm: "https://quay.io/v2/auth",
    service: "quay.io",
    isStrict: true,
    blobAt: (digest) =>
      `https://cdn01.quay.io/quayio-production-s3/sha256/${hex(digest).slice(0, 2)}/${hex(digest)}?X-Amz-Expires=600`,
    headers: {},
  },
  "ghcr.io": {
    prefix: "ghcr.io",
    realm: "https://ghcr.io/token",
    service: "ghcr.io",
    isStrict: true,
    blobAt: (digest) => `https://pkg-containers.githubusercontent.com/ghcr1/blobs/${digest}`,
    headers: {},
  },
  "registry-1.docker.io": {
    prefix: "docker.io",
    realm: "https://auth.docker.io/token",
    service: "registry.docker.io",
    isStrict: true,
    blobAt: (digest) =>
      `https://production.cloudflare.docker.com/registry-v2/docker/registry/v2/blobs/sha256/${hex(digest).slice(0, 2)}/${hex(digest)}/data?verify=1`,
    headers: { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "99;w=21600" },
  },
  "public.ecr.aws": {
    prefix: "public.ecr.aws",
    realm: "https://public.ecr.aws/token/",
    service: "public.ecr.aws",
    isStrict: true,
    blobAt: (digest) => `https://d5l0dvt14r5h8.cloudfront.net/docker/library/${hex(digest)}?Expires=600`,
    headers: {},
  },
};

/** Docker's official images lie here too, under the same tags: FACTS.md, R7. */
const official = (name: string): string =>
  name.replace(/^public\.ecr\.aws\/docker\/library\//, "docker.io/library/");

/** All names that pulling from the public registries needs. */
export const registryHosts = [
  ...Object.keys(registries),
  pkgDev,
  "prod-registry-k8s-io-us-east-1.s3.dualstack.us-east-1.amazonaws.com",
  "cdn01.quay.io",
  "pkg-containers.githubusercontent.com",
  "auth.docker.io",
  "d5l0dvt14r5h8.cloudfront.net",
  "production.cloudflare.docker.com",
];

const token = "0123456789abcdef0123456789abcdef";
const json = (value: object, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(JSON.stringify(value)),
});

const version = { "docker-distribution-api-version": "registry/2.0" };

const unauthorized = ({ realm, service }: PublicRegistry, scope: string): Answer =>
  json({ errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] }, 401, {
    ...version,
    "www-authenticate": `Bearer realm="${realm}",service="${service}"${scope && `,scope="${scope}"`}`,
  });

/** A manifest by tag or digest; `name` is the whole repository: `quay.io/calico/node`. */
function manifest(store: Store, name: string, reference: string, headers: Record<string, string>): Answer {
  const id = reference.startsWith("sha256:") ? reference : store.tags.get(`${name}:${reference}`);
  const found = id === undefined ? undefined : store.manifests.get(id);
  if (!found || id === undefined) {
    const message = `manifest unknown: ${name}:${reference}`;
    return json({ errors: [{ code: "MANIFEST_UNKNOWN", message }] }, 404, version);
  }
  const described = { "content-type": found.mediaType, "docker-content-digest": id };
  return { headers: { ...version, ...described, ...headers }, body: found.bytes };
}

/** Answers for the public registries and the hosts that they send clients on to. */
export function registryLookup(store: Store): Lookup {
  return ({ host, path: whole, headers }) => {
    const path = whole.split("?")[0] ?? "";
    const isToken = ["/token", "/token/", "/v2/auth"].includes(path) && host !== "registry-1.docker.io";
    if (isToken) return json({ token, access_token: token, expires_in: 300 });
    if (host === pkgDev) {
      const [, name, reference] =
        /^\/v2\/k8s-artifacts-prod\/images\/(.*)\/manifests\/([^/]+)$/.exec(path) ?? [];
      return name && reference ? manifest(store, `registry.k8s.io/${name}`, reference, {}) : undefined;
    }
    const registry = registries[host];
    if (!registry) {
      const id = /(?:sha256:|\/)([0-9a-f]{64})(?:\/data)?$/.exec(path)?.[1];
      const body = id === undefined ? undefined : store.blobs.get(`sha256:${id}`);
      return body && { headers: { "content-type": "application/octet-stream" }, body };
    }
    const hasToken = headers.authorization === `Bearer ${token}`;
    if (/^\/v2\/?$/.test(path)) return hasToken ? json({}, 200, version) : unauthorized(registry, "");
    const [, name = "", kind, reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    if (kind === undefined) return undefined;
    if (registry.isStrict && !hasToken) return unauthorized(registry, `repository:${name}:pull`);
    const onward = (location: string): Answer => ({ status: 307, headers: { ...version, location } });
    if (kind === "blobs") return store.blobs.has(reference) ? onward(registry.blobAt(reference)) : undefined;
    if (registry.manifestAt) return onward(registry.manifestAt(`/${name}/${kind}/${reference}`));
    return manifest(store, official(`${registry.prefix}/${name}`), reference, registry.headers);
  };
}
