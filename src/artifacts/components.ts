import { minorOf } from "../versions.ts";

/** What wrapper modules in infra/modules compile, in the order in which it is done: what a control plane needs first. */
export const components = [
  "containerd",
  "cri-o",
  "cri-dockerd",
  "cni-plugins",
  "crictl",
  "lab",
  "kubernetes",
  "etcd",
  "coredns",
  "calico",
  "flannel",
  "flannel-cni",
  "metrics-server",
  "local-path-provisioner",
  "skipper",
  "docker-compose",
  "pulumi",
  "web",
] as const;

export type Component = (typeof components)[number];

/** Every minor release of Kubernetes has its own releases of these: their wrapper modules are in `infra/modules/<minor>`. */
const ofEachMinor = ["kubernetes", "etcd", "coredns"] as const satisfies readonly Component[];
type OfEachMinor = (typeof ofEachMinor)[number];

/** Those of which one release serves every version of Kubernetes. */
export type FixedComponent = Exclude<Component, OfEachMinor>;

const isOfEachMinor = (component: Component): component is OfEachMinor =>
  ofEachMinor.some((one) => one === component);

/** A component's wrapper module, by its folder in infra/modules. */
export interface ModuleName {
  component: Component;
  folder: string;
}

/** Which wrapper module compiles a component, for a version of Kubernetes (`1.36`). */
export const moduleFor = (component: Component, version: string): ModuleName =>
  isOfEachMinor(component)
    ? { component, folder: `${minorOf(version)}/${component}` }
    : fixedModule(component);

export const fixedModule = (component: FixedComponent): ModuleName => ({ component, folder: component });
