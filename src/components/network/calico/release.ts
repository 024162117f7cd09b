import type { ImageSet } from "../../../artifacts/images/image-set.ts";
import { type ImageRecipe, path } from "../../../artifacts/images/recipes.ts";
import type { ReleaseFile } from "../../../artifacts/release-file.ts";

/** The release that the wrapper module compiles, and whose manifest is applied. */
export const calicoVersion = "3.31.0";

/** https://docs.tigera.io/calico/latest/getting-started/kubernetes/self-managed-onprem/onpremises */
export const calicoManifest: ReleaseFile = {
  repository: "projectcalico/calico",
  path: `v${calicoVersion}/manifests/calico-typha.yaml`,
  sha256: "603b3c07bd7bd9e73f35cd25b3ff80165e0fe0e8ab69e22ed3a4526ca0058d33",
  module: {
    component: "calico",
    path: "github.com/projectcalico/calico",
    file: "manifests/calico-typha.yaml",
  },
};

/** The user that Calico's own images run as. Their pods say runAsNonRoot, which only a number can satisfy. */
const calicoUser = 999;

/** The plugins in calico/cni that are not Calico's own. */
const chainedPlugins = ["bandwidth", "host-local", "loopback", "portmap"];

/** Calico's images, by the last part of their names; paths as the probes and commands of its manifest want them. */
const recipes: Record<string, ImageRecipe> = {
  node: {
    base: "userland",
    programs: {
      "/usr/bin/calico-node": { component: "calico", program: "calico-node" },
      "/usr/bin/calico-node-run": { component: "lab", program: "calico-node-run" },
    },
    config: { Env: [path], Cmd: ["/usr/bin/calico-node-run"], WorkingDir: "/" },
  },
  cni: {
    base: "scratch",
    programs: {
      "/opt/cni/bin/install": { component: "calico", program: "install" },
      "/opt/cni/bin/calico": { component: "calico", program: "calico" },
      ...Object.fromEntries(
        chainedPlugins.map((program) => [`/opt/cni/bin/${program}`, { component: "cni-plugins", program }]),
      ),
    },
    // One program that looks at the name it was called by.
    links: { "/opt/cni/bin/calico-ipam": "/opt/cni/bin/calico" },
    config: {
      Env: [path.replace("PATH=", "PATH=/opt/cni/bin:")],
      Cmd: ["/opt/cni/bin/install"],
      WorkingDir: "/opt/cni/bin",
    },
  },
  "kube-controllers": {
    base: "scratch",
    programs: {
      "/usr/bin/wrapper": { component: "calico", program: "wrapper" },
      "/usr/bin/kube-controllers": { component: "calico", program: "kube-controllers" },
      "/usr/bin/check-status": { component: "calico", program: "check-status" },
    },
    folders: { "/status": { mode: 0o755, uid: calicoUser }, "/profiles": { mode: 0o755, uid: calicoUser } },
    config: {
      Env: [path],
      Entrypoint: ["/usr/bin/wrapper", "/usr/bin/kube-controllers"],
      User: String(calicoUser),
      WorkingDir: "/",
    },
  },
  typha: {
    base: "scratch",
    programs: { "/usr/bin/calico-typha": { component: "calico", program: "calico-typha" } },
    config: { Env: [path], Cmd: ["/usr/bin/calico-typha"], User: String(calicoUser), WorkingDir: "/" },
  },
};

export const calicoImages: ImageSet & { manifest: ReleaseFile } = {
  name: "calico",
  names: () =>
    ["node", "cni", "kube-controllers", "typha"].map((name) => `quay.io/calico/${name}:v${calicoVersion}`),
  release: () => `Calico ${calicoVersion}`,
  manifest: calicoManifest,
  recipes,
};
