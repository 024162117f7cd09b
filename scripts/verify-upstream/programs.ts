import type { PackagedSet } from "../../src/artifacts/program-set.ts";
import { listedImages } from "../../src/artifacts/sets.ts";
import { architectureNamed, isArchitecture } from "../../src/hosts/architecture.ts";
import { kubernetesImages } from "../../src/kubernetes/images.ts";
import { kubernetesNode } from "../../src/kubernetes/program-sets.ts";
import { releasesOf } from "../../src/versions.ts";
import { type Check, differs, type Finding, guarded, same, skipped } from "./check.ts";
import { distributions } from "./platforms.ts";
import { decidedIn, programSets } from "./program-sets.ts";
import type { Upstream } from "./upstream.ts";
import { where } from "./where.ts";

/** How each program is asked for its release, and whether that is the release of its package. */
const questions: Record<string, Record<string, { args: string[]; ofPackage: boolean }>> = {
  "kubernetes-node": {
    kubeadm: { args: ["version", "-o", "short"], ofPackage: true },
    kubelet: { args: ["--version"], ofPackage: true },
    kubectl: { args: ["version", "--client"], ofPackage: true },
  },
  "cni-plugins": {},
  crictl: { crictl: { args: ["--version"], ofPackage: true } },
  containerd: {
    containerd: { args: ["--version"], ofPackage: true },
    runc: { args: ["--version"], ofPackage: false },
  },
  "docker-compose": { "docker-compose": { args: ["version"], ofPackage: true } },
};

/** Programs of this computer's own processor run here, if it is Linux. */
function platformHere() {
  const [distribution] = distributions;
  if (process.platform !== "linux" || !isArchitecture(process.arch)) return undefined;
  return { architecture: architectureNamed(process.arch, "this computer"), distribution };
}

const notHere = "the programs do not run on this computer: run it on Linux, amd64 or arm64";

export const versions: Check = {
  name: "Each program is of its package's release",
  assumes: "programs answer with the release of the package that they came in (src/steps/)",
  places: ["pkgs.k8s.io", "download.docker.com"],
  async observe(upstream) {
    const found = await Promise.all(programSets.map((set) => guarded(() => versionsOf(set, upstream))));
    return found.flat();
  },
};

async function versionsOf(set: PackagedSet, upstream: Upstream): Promise<Finding[]> {
  const platform = platformHere();
  if (!platform) return [skipped(notHere)];
  const { files, version } = await upstream.programs(set, platform);
  return Promise.all(
    Object.entries(questions[set.name] ?? {}).map(async ([name, { args, ofPackage }]) => {
      const path = files.find((file) => file.name === name)?.path ?? name;
      const said = (await upstream.run(path, args)).split("\n")[0] ?? "";
      if (!ofPackage || said.includes(version)) return same(`${name} of ${set.name} ${version}: ${said}`);
      return differs(
        `${name} of the package ${set.name} ${version} says "${said}"`,
        `change how its release is read, or the range in ${decidedIn(set)}`,
      );
    }),
  );
}

export const kubeadmImages: Check = {
  name: "kubeadm lists the images that we know",
  assumes: "`kubeadm config images list` is the set kubernetes of src/versions.ts",
  places: ["pkgs.k8s.io"],
  async observe(upstream) {
    const platform = platformHere();
    if (!platform) return [skipped(notHere)];
    const { files } = await upstream.programs(kubernetesNode, platform);
    const kubeadm = files.find(({ name }) => name === "kubeadm")?.path ?? "kubeadm";
    const release = `v${releasesOf(upstream.minor).kubernetes}`;
    const output = await upstream.run(kubeadm, ["config", "images", "list", "--kubernetes-version", release]);
    return compareImages(listedImages(output), kubernetesImages.names(upstream.minor));
  },
};

export function compareImages(listed: readonly string[], known: readonly string[]): Finding[] {
  const change = `change ${where("src/versions.ts", "export const kubernetesMinors")}`;
  const added = listed.filter((name) => !known.includes(name));
  const gone = known.filter((name) => !listed.includes(name));
  if (added.length + gone.length === 0)
    return [same(`kubeadm lists the ${known.length} images of the table`)];
  return [
    ...added.map((name) => differs(`kubeadm lists ${name}, which is not in the table`, change)),
    ...gone.map((name) => differs(`kubeadm does not list ${name}, which is in the table`, change)),
  ];
}
