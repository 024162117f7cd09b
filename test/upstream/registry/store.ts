import { digest } from "../packages/deb.ts";

/** What a registry keeps: blobs and manifests by digest, tags by name. */
export interface Store {
  blobs: Map<string, Buffer>;
  manifests: Map<string, { bytes: Buffer; mediaType: string }>;
  /** `docker.io/library/nginx:latest` → digest. */
  tags: Map<string, string>;
}

export const newStore = (): Store => ({ blobs: new Map(), manifests: new Map(), tags: new Map() });

/** An image for one processor, in the words of the image specification: `amd64`, `arm64`, `ppc64le`, `s390x`. */
export interface PlatformImage {
  architecture: string;
  /** The image configuration, as JSON. */
  config: Buffer;
  /** Compressed with gzip. */
  layers: Buffer[];
}

/** The two families of media types that registries have: Docker's schema 2, and OCI's. */
const families = {
  docker: {
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  },
  oci: {
    index: "application/vnd.oci.image.index.v1+json",
    manifest: "application/vnd.oci.image.manifest.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  },
} as const;

export type Family = keyof typeof families;

const sha256 = (bytes: Buffer): string => `sha256:${digest("sha256", bytes)}`;

function addBlob(store: Store, bytes: Buffer, mediaType: string) {
  const id = sha256(bytes);
  store.blobs.set(id, bytes);
  return { mediaType, size: bytes.length, digest: id };
}

function addManifest(store: Store, value: object, mediaType: string) {
  const bytes = Buffer.from(JSON.stringify(value));
  const id = sha256(bytes);
  store.manifests.set(id, { bytes, mediaType });
  return { mediaType, size: bytes.length, digest: id };
}

/** Adds an image under its tag: an index with a manifest for each processor. FACTS.md, R1. */
export function addImage(store: Store, name: string, images: readonly PlatformImage[], family: Family): void {
  const types = families[family];
  const described = images.map(({ architecture, config, layers }) => ({
    ...addManifest(
      store,
      {
        schemaVersion: 2,
        mediaType: types.manifest,
        config: addBlob(store, config, types.config),
        layers: layers.map((layer) => addBlob(store, layer, types.layer)),
      },
      types.manifest,
    ),
    platform: { architecture, os: "linux" },
  }));
  const index = { schemaVersion: 2, mediaType: types.index, manifests: described };
  store.tags.set(name, addManifest(store, index, types.index).digest);
}
