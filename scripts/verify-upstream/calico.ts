import type { ReleaseFile } from "../../src/artifacts/release-file.ts";
import { imagesIn } from "../../src/artifacts/sets.ts";
import { hookPrograms } from "../../src/components/network/calico/manifest.ts";
import { calicoImages, calicoManifest, calicoVersion } from "../../src/components/network/calico/release.ts";
import { messageOf } from "../../src/errors.ts";
import { readAllYaml } from "../../src/lab/yaml.ts";
import { sha256 } from "../../src/local/hash.ts";
import { isInCalicoNode, keptIn } from "../../test/support/calico-node-programs.ts";
import { type Check, differs, type Finding, notice, same } from "./check.ts";
import { pathsIn } from "./layers.ts";
import { architectures } from "./platforms.ts";
import { parseName } from "./registry.ts";
import { pinnedFiles } from "./release-files.ts";
import type { Upstream } from "./upstream.ts";
import { where } from "./where.ts";

const adaptedIn = (): string =>
  `change what is adapted in ${where("src/components/network/calico/manifest.ts", "export function adapted")}`;

export const manifests: Check = {
  name: "The manifests are the ones that we know",
  assumes:
    "each has its pinned SHA-256, and Calico's the parts that are adapted (src/components/network/calico/manifest.ts)",
  places: ["raw.githubusercontent.com"],
  async observe(upstream) {
    const pinned = await Promise.all(pinnedFiles.map(([file, place]) => pinnedAs(file, place, upstream)));
    const text = await upstream.text(upstream.places.file(calicoManifest).url);
    return [...pinned, ...structureOf(text), ...imagesOf(text)];
  },
};

async function pinnedAs(file: ReleaseFile, place: string, { places, text }: Upstream): Promise<Finding> {
  const { url, sha256: pinned } = places.file(file);
  const found = sha256(await text(url));
  if (found === pinned) return same(`${url} has the SHA-256 ${pinned}`);
  return differs(
    `${url} has the SHA-256 ${found}, but ${pinned} was expected`,
    `find out why a release changed; then change it in ${where(place, file.sha256)}`,
  );
}

interface Part {
  kind?: string;
  metadata?: { name?: string };
  data?: Record<string, string>;
  spec?: { template?: { spec?: { containers?: Container[]; initContainers?: Container[] } } };
}

interface Container {
  name?: string;
  env?: { name?: string }[];
  readinessProbe?: object;
  livenessProbe?: object;
}

/** The parts of the manifest that the adaptation looks for by name, and that are not there. */
export function structureOf(manifest: string): Finding[] {
  const parts = readAllYaml(manifest) as Part[];
  const part = (kind: string, name: string) =>
    parts.find((one) => one?.kind === kind && one.metadata?.name === name);
  const pod = part("DaemonSet", "calico-node")?.spec?.template?.spec;
  const node = pod?.containers?.find(({ name }) => name === "calico-node");
  const installer = pod?.initContainers?.find(({ name }) => name === "install-cni");
  const settings = part("ConfigMap", "calico-config")?.data ?? {};
  const expected: Record<string, boolean> = {
    "the DaemonSet calico-node with a container calico-node": node !== undefined,
    "its readiness and liveness probes": Boolean(node?.readinessProbe && node.livenessProbe),
    "the init container install-cni with CNI_CONF_NAME":
      installer?.env?.some(({ name }) => name === "CNI_CONF_NAME") ?? false,
    "the init container upgrade-ipam":
      pod?.initContainers?.some(({ name }) => name === "upgrade-ipam") ?? false,
    "the ConfigMap calico-config with calico_backend and typha_service_name":
      "calico_backend" in settings && "typha_service_name" in settings,
    "the Deployment calico-typha": part("Deployment", "calico-typha") !== undefined,
    "the Deployment calico-kube-controllers": part("Deployment", "calico-kube-controllers") !== undefined,
  };
  const missing = Object.entries(expected).filter(([, isThere]) => !isThere);
  if (missing.length === 0) return [same("Calico's manifest has all the parts that are adapted")];
  return missing.map(([what]) => differs(`Calico's manifest does not have ${what}`, adaptedIn()));
}

function imagesOf(manifest: string): Finding[] {
  const [found, known] = [imagesIn(manifest), calicoImages.names("").toSorted()];
  if (found.join() === known.join()) return [same(`Calico's manifest has the images of ${calicoVersion}`)];
  return [
    differs(
      `Calico's manifest has the images ${found.join(", ")}, but ${known.join(", ")} were expected`,
      `change ${where("src/components/network/calico/release.ts", "export const calicoImages")}`,
    ),
  ];
}

export const calicoNode: Check = {
  name: "calico/node has the programs that our hook runs",
  assumes: `bash, calico-node, ${hookPrograms.join(", ")} are in the image, and nothing that its allow-list does not keep (test/support/calico-node-programs.ts)`,
  places: ["quay.io"],
  async observe() {
    const name = calicoImages.names("").find((one) => one.includes("/node:")) ?? "";
    const found: Finding[] = [];
    for (const architecture of architectures) {
      const paths = await pathsIn(parseName(name), architecture).catch((error: unknown) => messageOf(error));
      if (typeof paths === "string")
        found.push(
          differs(`${name} for ${architecture} cannot be read: ${paths}`, "look at the image by hand"),
        );
      else found.push(...programsOf(`${name} for ${architecture}`, paths));
    }
    return found;
  },
};

const folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];

/** What the image lacks of what the kubelet and the hook run, and what it has beyond the allow-list. */
export function programsOf(image: string, paths: ReadonlySet<string>): Finding[] {
  const wanted = ["bash", "calico-node", ...hookPrograms];
  const missing = wanted.filter((program) => !folders.some((folder) => paths.has(`${folder}/${program}`)));
  const unknown = [...paths].filter(
    (path) => keptIn.some((folder) => path.startsWith(`${folder}/`)) && !isInCalicoNode(path),
  );
  return [
    ...missing.map((program) =>
      differs(
        `${image} does not have ${program}`,
        `write the hook without it: ${where("src/components/network/calico/manifest.ts", "const showConfiguration")}`,
      ),
    ),
    ...(unknown.length > 0
      ? [
          notice(
            `${image} has programs that are not on the allow-list: ${unknown.slice(0, 8).join(", ")}`,
            `read the release's clean-up script, then change ${where("test/support/calico-node-programs.ts", "const kept =")}`,
          ),
        ]
      : []),
    ...(missing.length === 0 ? [same(`${image} has ${wanted.join(", ")}`)] : []),
  ];
}
