import { template } from "../../../template.ts";
import { releasesOf } from "../../../versions.ts";
import type { ContainerRuntime } from "../container-runtime.ts";
import { crictlFile } from "../crictl-file.ts";

const folder = "container-runtime/containerd";

export const socket = "/run/containerd/containerd.sock";

export const files: ContainerRuntime["files"] = {
  config: {
    path: "/etc/containerd/config.toml",
    text: ({ cluster }, { systemdCgroup, lowersOomScore }) =>
      template(`${folder}/config.toml`, {
        sandbox: `registry.k8s.io/pause:${releasesOf(cluster.version).pause}`,
        systemdCgroup,
        restrictOomScoreAdj: !lowersOomScore,
      }),
  },
  unit: {
    path: "/etc/systemd/system/containerd.service",
    text: () => template(`${folder}/containerd.service`),
  },
  crictl: crictlFile(socket),
  mirror: {
    // What containerd asks for every registry without a separate file: containerd's docs/hosts.md.
    path: "/etc/containerd/certs.d/_default/hosts.toml",
    text: ({ mirrors: { images: mirror } }) =>
      mirror === undefined ? undefined : template(`${folder}/hosts.toml`, { mirror }),
  },
};
