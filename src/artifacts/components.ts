/** The wrapper modules in infra/modules, in the order in which they are compiled: what a control plane needs first. */
export const components = [
  "containerd",
  "cni-plugins",
  "crictl",
  "lab",
  "kubernetes",
  "etcd",
  "coredns",
  "calico",
  "docker-compose",
  "pulumi",
  "web",
] as const;

export type Component = (typeof components)[number];
