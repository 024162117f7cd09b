import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Activity } from "../../engine/activity.ts";
import { LabwrightError } from "../../errors.ts";
import type { Mirrors } from "../../lab/types.ts";
import { containerdVersion, dockerComposeVersion, imageNames, releasesOf } from "../../versions.ts";
import type { Cache } from "../cache.ts";
import { contentId } from "../content.ts";
import type { Workshop } from "../modules/compiled.ts";
import { imagesId, moduleImages } from "../modules/images.ts";
import { oneAtATime } from "../modules/queue.ts";
import { runProgram } from "../program.ts";
import type { Target } from "../target.ts";
import type { Artifacts, ProgramSet, Programs } from "../types.ts";
import { download, downloadPackage, parsePackages, pick } from "./packages.ts";
import { type Places, placesOf } from "./places.ts";

export interface UpstreamOptions {
  cache: Cache;
  target: Target;
  minor: string;
  mirrors: Mirrors;
  signal?: AbortSignal | undefined;
}

/** Which packages a set of programs comes in, from which repository, and which release is wanted of them. */
interface Wanted {
  index: string;
  root: string;
  packages: string[];
  release: string | undefined;
  version: string;
  /** The programs to take; absent: every one that the packages have. */
  programs?: string[];
}

/** Programs out of upstream's own packages, images pulled by the machines themselves, Calico's released manifest. */
export function upstreamSource({ cache, target, minor, mirrors, signal }: UpstreamOptions): Artifacts {
  const places = placesOf(mirrors);
  const workshop: Workshop = { cache, target, signal, queue: oneAtATime(signal) };

  async function programs(set: ProgramSet, activity: Activity): Promise<Programs> {
    const wanted = wantedFor(set, minor, places, target);
    const id = contentId([set, JSON.stringify(wanted)]);
    const folder = await cache.entry({ kind: "packages", id, activity }, (draft) =>
      activity.child("artifact", `Fetch ${set} ${wanted.version}`, (part) =>
        unpack(wanted, draft, part, signal),
      ),
    );
    const names = (await readdir(folder)).sort();
    return { id, version: wanted.version, files: names.map((name) => ({ name, path: join(folder, name) })) };
  }

  return {
    source: "upstream",
    programs,
    images: async (set, activity) => {
      // They are labwright's own: no registry has them.
      if (set === "exercises") return moduleImages(workshop, set, activity);
      const names = imageNames(set, minor);
      return { kind: "pull", id: contentId(names), names };
    },
    async manifest(name, activity) {
      const url = places.manifest(name);
      const file = basename(url);
      const id = contentId([url]);
      const folder = await cache.entry({ kind: "manifests", id, activity }, async (draft) => {
        await writeFile(join(draft, file), await download(url, signal));
      });
      return { id, text: await readFile(join(folder, file), "utf8") };
    },
    baseSystem: async () => {
      const registry = mirrors.images === undefined ? "" : `${new URL(mirrors.images).host}/library/`;
      const name = `${registry}debian:bookworm`;
      return { kind: "image", id: contentId([name]), name };
    },
    // Pulled images are part of the machines' image: they need no making. Exercises bring theirs when they start.
    imagesAtHand: async (set) =>
      ["kubernetes", "calico", "nginx"].includes(set) ||
      (await cache.find("images", await imagesId(target, set))) !== undefined,
  };
}

function wantedFor(set: ProgramSet, minor: string, places: Places, { arch }: Target): Wanted {
  const { kubernetes, crictl } = releasesOf(minor);
  const root = places.kubernetes(minor);
  const fromKubernetes = { index: `${root}/Packages`, root };
  const docker = {
    index: `${places.docker}/dists/bookworm/stable/binary-${arch}/Packages`,
    root: places.docker,
  };
  const sets: Record<ProgramSet, Wanted> = {
    "kubernetes-node": {
      ...fromKubernetes,
      packages: ["kubeadm", "kubelet", "kubectl"],
      release: kubernetes,
      version: kubernetes,
    },
    "cni-plugins": {
      ...fromKubernetes,
      packages: ["kubernetes-cni"],
      release: undefined,
      version: "of Kubernetes",
    },
    crictl: { ...fromKubernetes, packages: ["cri-tools"], release: undefined, version: crictl },
    containerd: {
      ...docker,
      packages: ["containerd.io"],
      release: containerdVersion,
      version: containerdVersion,
      programs: ["containerd", "containerd-shim-runc-v2", "ctr", "runc"],
    },
    "docker-compose": {
      ...docker,
      packages: ["docker-compose-plugin"],
      release: dockerComposeVersion,
      version: dockerComposeVersion,
    },
  };
  return sets[set];
}

/** Leaves in `draft` the programs of the packages, and nothing else. */
async function unpack(
  wanted: Wanted,
  draft: string,
  activity: Activity,
  signal?: AbortSignal,
): Promise<void> {
  activity.note("reading the repository's index");
  const entries = parsePackages((await download(wanted.index, signal)).toString("utf8"));
  const work = join(draft, ".unpacked");
  await mkdir(work);
  for (const name of wanted.packages) {
    const entry = pick(entries, name, wanted.release);
    if (!entry) throw notThere(name, wanted);
    activity.note(`fetching ${name} ${entry.version}`);
    const file = await downloadPackage(wanted.root, entry, work, signal);
    await runProgram("dpkg-deb", ["--extract", file, work], { signal });
    await rm(file);
  }
  for (const item of await readdir(work, { recursive: true, withFileTypes: true })) {
    const isProgram = item.isFile() && /\/(s?bin|opt\/cni\/bin|cli-plugins)$/.test(item.parentPath);
    if (!isProgram || (wanted.programs && !wanted.programs.includes(item.name))) continue;
    const target = join(draft, basename(item.name));
    await rename(join(item.parentPath, item.name), target);
    await chmod(target, 0o755);
  }
  await rm(work, { recursive: true });
}

const notThere = (name: string, { index, release }: Wanted): LabwrightError =>
  new LabwrightError({
    code: "package-missing",
    message: `${index} has no package ${name}${release === undefined ? "" : ` of release ${release}`}`,
    remedy: "use another mirror, or a Kubernetes version that the repository still has",
  });
