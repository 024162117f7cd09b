import type { ImageSet } from "../artifacts/images/image-set.ts";
import { type ImageRecipe, inPath, path } from "../artifacts/images/recipes.ts";
import { releasesOf } from "../versions.ts";

const recipes: Record<string, ImageRecipe> = {
  "kube-apiserver": inPath("kubernetes", "kube-apiserver"),
  "kube-controller-manager": inPath("kubernetes", "kube-controller-manager"),
  "kube-scheduler": inPath("kubernetes", "kube-scheduler"),
  "kube-proxy": { ...inPath("kubernetes", "kube-proxy"), base: "userland" },
  etcd: inPath("etcd", "etcd", "etcdctl", "etcdutl"),
  coredns: {
    base: "scratch",
    programs: { "/coredns": { component: "coredns", program: "coredns" } },
    config: {
      Env: [path],
      Entrypoint: ["/coredns"],
      WorkingDir: "/",
      ExposedPorts: { "53/udp": {}, "53/tcp": {} },
    },
  },
  pause: {
    base: "scratch",
    programs: { "/pause": { component: "lab", program: "pause" } },
    config: { Env: [path], Entrypoint: ["/pause"], User: "65535:65535", WorkingDir: "/" },
  },
};

/** As `kubeadm config images list` prints them for the version's release. */
function names(kubernetesVersion: string): string[] {
  const { kubernetes, etcd, coredns, pause } = releasesOf(kubernetesVersion);
  const own = ["apiserver", "controller-manager", "scheduler", "proxy"].map(
    (name) => `kube-${name}:v${kubernetes}`,
  );
  return [...own, `coredns/coredns:v${coredns}`, `pause:${pause}`, `etcd:${etcd}`].map(
    (name) => `registry.k8s.io/${name}`,
  );
}

/** The images of Kubernetes itself. */
export const kubernetesImages: ImageSet = {
  name: "kubernetes",
  names,
  release: (kubernetesVersion) => `Kubernetes ${releasesOf(kubernetesVersion).kubernetes}`,
  recipes,
};

/**
 * Where a machine keeps which images of a set it was given: a line that names their release, and below it a name a line.
 */
export const imagesRecord = ({ name }: ImageSet): string => `/etc/labwright/images/${name}`;

export const recordHeading = (set: ImageSet, kubernetesVersion: string): string =>
  `# ${set.release(kubernetesVersion)}`;
