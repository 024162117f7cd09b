import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { imageSets } from "../../scripts/verify-upstream/image-sets.ts";
import { pinnedFiles } from "../../scripts/verify-upstream/release-files.ts";
import type { Runner } from "../../scripts/verify-upstream/upstream.ts";
import { type Places, placesOf } from "../../src/artifacts/upstream/places.ts";
import { calicoManifest, calicoVersion } from "../../src/components/network/calico/release.ts";
import { kubernetesImages } from "../../src/kubernetes/images.ts";
import { kubernetesMinors } from "../../src/versions.ts";
import { releaseManifest } from "../support/calico-release.ts";
import { type Internet, startInternet } from "../upstream/internet.ts";
import { digest, type Files } from "../upstream/packages/deb.ts";
import { dockerRepository } from "../upstream/packages/docker.ts";
import { elfFile } from "../upstream/packages/elf.ts";
import { kubernetesRepository } from "../upstream/packages/kubernetes.ts";
import { makeSigningKey, releaseFiles, type SigningKey } from "../upstream/packages/release.ts";
import { addImage, newStore, type Store } from "../upstream/registry/store.ts";

export const minor = Object.keys(kubernetesMinors).at(-1) ?? "";
export const kubernetesRoot = `/core:/stable:/v${minor}/deb`;
export const dockerSuite = "/linux/debian/dists/bookworm";
export const calicoImage = `quay.io/calico/node:v${calicoVersion}`;

/** An imitation of upstream in which everything is as labwright assumes; tests change one thing and put it back. */
export interface Imitation {
  internet: Internet;
  key: SigningKey;
  kubernetes: Files;
  docker: Files;
  manifests: Files;
  store: Store;
  others: Record<string, Files>;
  places: Places;
  /** What programs answer, by the last part of their names. */
  answers: Record<string, (args: readonly string[]) => string>;
  run: Runner;
}

const manifestPath = (url: string): string => new URL(url).pathname;

/** The default places, but for what no test can have: the projects' secret keys and files. */
function placesWith(key: SigningKey, manifests: Files): Places {
  const places = placesOf({ keys: [key.fingerprint] });
  const pinned = new Map([...manifests].map(([path, bytes]) => [path, digest("sha256", bytes)]));
  return {
    ...places,
    file: (file) => {
      const { url } = places.file(file);
      return { url, sha256: pinned.get(manifestPath(url)) ?? "" };
    },
  };
}

/** Ubuntu's part of Docker's repository has the layout of Debian's. */
const asUbuntu = (files: Files): Files =>
  new Map(
    [...files].flatMap(([path, bytes]): [string, Buffer][] => {
      const ubuntu = path.replace("/linux/debian", "/linux/ubuntu");
      return [
        [ubuntu, bytes],
        [ubuntu.replace("/dists/trixie", "/dists/noble"), bytes],
      ];
    }),
  );

export async function layerOf(names: readonly string[]): Promise<Buffer> {
  const tar = pack();
  for (const name of names) tar.entry({ name }, "x");
  tar.finalize();
  return gzipSync(await buffer(tar));
}

export const nodePrograms = ["bash", "calico-node", "ln", "rm", "sleep", "ip"].map(
  (name) => `usr/bin/${name}`,
);

/** Puts an image for the given processors under a name. */
export async function putImage(
  store: Store,
  name: string,
  programs: readonly string[],
  architectures: readonly string[] = ["amd64", "arm64"],
): Promise<void> {
  const layers = [await layerOf(programs)];
  const images = architectures.map((architecture) => ({
    architecture,
    config: Buffer.from(JSON.stringify({ architecture, os: "linux" })),
    layers,
  }));
  addImage(store, name, images, "oci");
}

/** The index's text changed and signed again; `replaced` are packages of other bytes. */
export async function resign(
  files: Files,
  key: SigningKey,
  place: { release: string; index: string; root: string },
  change: (index: string) => string,
  replaced: Files = new Map(),
): Promise<Files> {
  const path = `${place.release}/${place.index}`;
  let text = change(files.get(path)?.toString() ?? "");
  for (const [file, bytes] of replaced) {
    const name = file.replace(`${place.root}/`, "");
    text = text
      .split("\n\n")
      .map((one) =>
        one.includes(`Filename: ${name}\n`)
          ? one
              .replace(/^SHA256: .*$/m, `SHA256: ${createHash("sha256").update(bytes).digest("hex")}`)
              .replace(/^Size: .*$/m, `Size: ${bytes.length}`)
          : one,
      )
      .join("\n\n");
  }
  const index = Buffer.from(text);
  const signed = await releaseFiles({ Label: "changed" }, new Map([[place.index, index]]), key);
  return new Map([
    ...replaced,
    [path, index],
    ...[...signed].map(([name, bytes]): [string, Buffer] => [`${place.release}/${name}`, bytes]),
  ]);
}

/** The majors that the workflows use, as GitHub would report them. */
export function releasesOnGitHub(): Files {
  const texts = [
    "docs/ci/github-actions.yaml",
    "docs/ci/github-actions-sweep.yaml",
    ".github/workflows/verify-upstream.yaml",
  ];
  return new Map(
    texts
      .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/uses: *([\w-]+\/[\w-]+)@(v\d+)/g)])
      .map(([, action, tag]) => [
        `/repos/${action}/releases/latest`,
        Buffer.from(JSON.stringify({ tag_name: `${tag}.0.1` })),
      ]),
  );
}

export async function startImitation(): Promise<Imitation> {
  const key = await makeSigningKey("Test");
  const { kubernetes: release } = kubernetesMinors[minor as keyof typeof kubernetesMinors];
  const kubernetes = await kubernetesRepository({
    key,
    minor,
    releases: [`${release}-1.1`],
    compression: "zstd",
  });
  const docker: Files = new Map([
    ...(await dockerRepository({ key, containerd: ["2.3.6-1", "2.4.1-2"], compose: ["2.40.3-1"] })),
    ...asUbuntu(
      await dockerRepository({ key, suite: "trixie", containerd: ["2.4.1-2"], compose: ["2.40.3-1"] }),
    ),
    ...(await dockerRepository({ key, suite: "trixie", containerd: ["2.4.1-2"], compose: ["2.40.3-1"] })),
  ]);
  const places = placesOf({});
  const calico = releaseManifest("v3.31.7").replaceAll("v3.31.7", `v${calicoVersion}`);
  const manifests: Files = new Map(
    pinnedFiles.map(([file]): [string, Buffer] => [
      manifestPath(places.file(file).url),
      Buffer.from(file === calicoManifest ? calico : "kind: List\n"),
    ]),
  );
  const store = newStore();
  const sets = imageSets.flatMap((set) => set.names(minor));
  for (const name of [...sets, "docker.io/library/debian:bookworm"])
    await putImage(store, name, name === calicoImage ? nodePrograms : ["program"]);
  const others = { "api.github.com": releasesOnGitHub() };
  const internet = await startInternet({ host: "127.0.0.1", kubernetes, docker, manifests, store, others });
  Object.assign(process.env, internet.environment);
  const authority = readFileSync(internet.environment.NODE_EXTRA_CA_CERTS ?? "", "utf8");
  setDefaultCACertificates([...getCACertificates("default"), authority]);
  const answers = answersOf(release);
  const run: Runner = async (file, args) => {
    const answer = answers[file.split("/").at(-1) ?? ""];
    if (!answer) throw new Error(`${file} was not expected`);
    return answer(args);
  };
  return {
    internet,
    key,
    kubernetes,
    docker,
    manifests,
    store,
    others,
    places: placesWith(key, manifests),
    answers,
    run,
  };
}

const answersOf = (release: string): Imitation["answers"] => ({
  kubeadm: ([first]) =>
    first === "config" ? `${kubernetesImages.names(minor).join("\n")}\n` : `v${release}\n`,
  kubelet: () => `Kubernetes v${release}\n`,
  kubectl: () => `Client Version: v${release}\n`,
  crictl: () => `crictl version v${minor}.0\n`,
  containerd: () => "containerd containerd.io v2.4.1 abcdef\n",
  runc: () => "runc version 1.3.4\n",
  "docker-compose": () => "Docker Compose version v2.40.3\n",
  docker: ([first]) =>
    first === "info"
      ? JSON.stringify({
          ServerVersion: "29.0.0",
          OperatingSystem: "Debian",
          CgroupVersion: "2",
          Driver: "overlayfs",
          DockerRootDir: "/var/lib/docker",
          Architecture: "x86_64",
        })
      : "172.17.0.0/16\n",
  npm: ([, name = ""]) => {
    if (name === "labwright") throw new Error("npm error code E404");
    return `${name.split("@")[1]}\n`;
  },
});

/** A program for a processor that labs do not have. */
export const foreignProgram = (): Buffer => elfFile("s390x", "foreign");
