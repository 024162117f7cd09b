import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Activity } from "../../src/activity/activity.ts";
import { type Cache, openCache } from "../../src/artifacts/cache.ts";
import { type RootRecipe, rootFileSystem } from "../../src/artifacts/debian.ts";
import type { ImageSet } from "../../src/artifacts/images/image-set.ts";
import { nginxStableImages } from "../../src/artifacts/images/nginx.ts";
import { modulesSource } from "../../src/artifacts/modules/source.ts";
import type { ProgramSet } from "../../src/artifacts/program-set.ts";
import type { Artifacts } from "../../src/artifacts/types.ts";
import { clusterSets } from "../../src/components/image-sets.ts";
import { calicoManifest } from "../../src/components/network/calico/release.ts";
import { containerdPrograms, containerdVersion } from "../../src/components/runtime/containerd/release.ts";
import { cniPlugins, crictl as crictlPrograms, kubernetesNode } from "../../src/kubernetes/program-sets.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import { cacheFolder } from "../../src/paths.ts";
import { cniPluginsVersion, crictlVersion, defaultMinor, releasesOf } from "../../src/versions.ts";
import { thisArchitecture, thisPlatform, thisTarget } from "../support/platform.ts";
import type { InternetOptions } from "../upstream/internet.ts";
import { digest } from "../upstream/packages/deb.ts";
import { dockerRepository } from "../upstream/packages/docker.ts";
import { elfFile } from "../upstream/packages/elf.ts";
import { kubernetesRepository } from "../upstream/packages/kubernetes.ts";
import type { ProgramSource } from "../upstream/packages/publish.ts";
import { makeSigningKey } from "../upstream/packages/release.ts";
import { addArchive, addForAll, gzipped } from "../upstream/registry/archive.ts";
import { calicoNodeFilter } from "../upstream/registry/calico.ts";
import { newStore, type Store } from "../upstream/registry/store.ts";

const run = promisify(execFile);
const minor = defaultMinor;
const { kubernetes } = releasesOf(minor);

/** What Docker's repository has as its newest: not the release that the programs were compiled from. */
const containerdThere = "2.4.1";

export interface Imitation extends Pick<InternetOptions, "kubernetes" | "docker" | "manifests" | "store"> {
  /** The fingerprint of the key that signs both package repositories. */
  fingerprint: string;
}

/** The compiled programs, by the package versions whose place they take. */
async function compiledPrograms(artifacts: Artifacts, activity: Activity): Promise<ProgramSource> {
  const sets: [ProgramSet, string][] = [
    [kubernetesNode, `${kubernetes}-`],
    [cniPlugins, `${cniPluginsVersion}-`],
    [crictlPrograms, `${crictlVersion}-`],
    [containerdPrograms, `${containerdThere}-`],
  ];
  const known = new Map<string, { version: string; content: { localFile: string } | Buffer }>();
  for (const [set, version] of sets) {
    const { files } = await artifacts.programs(set, thisPlatform, activity);
    for (const { name, path } of files) {
      // A program says its release; what came out of a package has to say the package's.
      const content = set === containerdPrograms ? await relabelled(path) : { localFile: path };
      known.set(name, { version, content });
    }
  }
  known.set("runc", { version: `${containerdThere}-`, content: { localFile: "/usr/sbin/runc" } });
  return (program, processor, version) => {
    const one = known.get(program);
    const isReal = processor === thisArchitecture && one && version.startsWith(one.version);
    return isReal ? one.content : elfFile(processor, `${program} ${version}`);
  };
}

async function relabelled(file: string): Promise<Buffer> {
  const bytes = await readFile(file);
  const [from, to] = [Buffer.from(containerdVersion), Buffer.from(containerdThere)];
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) to.copy(bytes, at);
  return bytes;
}

/** Debian's own image: a minimal system without anything that a machine needs, which names deb.debian.org. */
async function addDebian(store: Store, cache: Cache, activity: Activity): Promise<void> {
  const recipe: RootRecipe = {
    suite: "bookworm",
    variant: "minbase",
    packages: ["tzdata"],
    leaveOut: [],
    remove: [],
  };
  const { file } = await rootFileSystem(recipe, thisTarget, cache, activity);
  const folder = await mkdtemp(join(tmpdir(), "labwright-sources-"));
  try {
    const sources = (uri: string, suites: string) =>
      `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`;
    await mkdir(join(folder, "etc/apt/sources.list.d"), { recursive: true });
    await writeFile(join(folder, "etc/apt/sources.list"), "");
    await writeFile(
      join(folder, "etc/apt/sources.list.d/debian.sources"),
      `${sources("http://deb.debian.org/debian", "bookworm bookworm-updates")}\n${sources("http://deb.debian.org/debian-security", "bookworm-security")}`,
    );
    const tar = ["-C", folder, "--owner=0", "--group=0", "-c", "etc"];
    const { stdout } = await run("tar", tar, { encoding: "buffer" });
    const layers = [await readFile(file), stdout];
    const config = {
      architecture: thisArchitecture,
      os: "linux",
      config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], Cmd: ["bash"] },
      rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${digest("sha256", layer)}`) },
    };
    const image = {
      architecture: thisArchitecture,
      config: Buffer.from(JSON.stringify(config)),
      layers: await Promise.all(layers.map(gzipped)),
    };
    await addForAll(store, "docker.io/library/debian:bookworm", image, "oci");
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface ImitationOptions {
  sets?: readonly ImageSet[];
}

/** What the imitation has: compiled from published modules, and laid out as the projects publish it. */
export async function makeImitation(
  activity: Activity,
  { sets = [...clusterSets(defaultLab().cluster), nginxStableImages] }: ImitationOptions = {},
): Promise<Imitation> {
  const cache = openCache(join(cacheFolder(), "artifacts"));
  const artifacts = modulesSource({ cache, kubernetesVersion: minor });
  const program = await compiledPrograms(artifacts, activity);
  const store = newStore();
  await addDebian(store, cache, activity);
  for (const set of sets) {
    const images = await artifacts.images(set, thisArchitecture, activity);
    if (images.kind !== "archive") throw new Error("the modules source makes archives");
    await addArchive(store, images.file, calicoNodeFilter);
  }
  const key = await makeSigningKey("Test");
  const { text } = await artifacts.manifest(calicoManifest, activity);
  const path = `/${calicoManifest.repository}/${calicoManifest.path}`;
  return {
    store,
    kubernetes: await kubernetesRepository({ key, program, compression: "zstd" }),
    docker: await dockerRepository({ key, program, compression: "xz", level: 0 }),
    manifests: new Map([[path, Buffer.from(text)]]),
    fingerprint: key.fingerprint,
  };
}
