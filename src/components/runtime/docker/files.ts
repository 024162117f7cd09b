import { nodeFolder } from "../../../kubernetes/node-programs.ts";
import { isDualStack } from "../../../lab/ip-families.ts";
import { template } from "../../../template.ts";
import { releasesOf } from "../../../versions.ts";
import type { RuntimeFile, RuntimeNode } from "../container-runtime.ts";
import { crictlFile } from "../crictl-file.ts";
import { ociRuntime, ociRuntimeFile } from "../oci-runtime.ts";

const folder = "container-runtime/docker";

export const socket = "/run/cri-dockerd.sock";

/** Not daemon.json, which is its owner's. */
const engineConfig = "/etc/docker/labwright.json";

/**
 * Pods have the cluster's network: the engine makes no bridge and no firewall rule. On btrfs an older engine would keep images as
 * subvolumes, which a machine that is copied with its images, such as an Incus instance, does not have any more.
 */
const engineSettings = ({ systemdCgroup, lowersOomScore, onBtrfs }: RuntimeNode) => ({
  bridge: "none",
  iptables: false,
  ...(onBtrfs && { "storage-driver": "overlay2" }),
  "exec-opts": [`native.cgroupdriver=${systemdCgroup ? "systemd" : "cgroupfs"}`],
  "live-restore": true,
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "3" },
  ...(!lowersOomScore && { "default-runtime": "labwright", runtimes: { labwright: { path: ociRuntime } } }),
});

export const files = {
  config: {
    path: engineConfig,
    text: (_, node) => `${JSON.stringify(engineSettings(node), undefined, 2)}\n`,
  },
  // After its owner's override.conf: drop-ins count in the order of their names.
  engine: {
    path: "/etc/systemd/system/docker.service.d/zz-labwright.conf",
    text: () => template(`${folder}/docker.conf`, { config: engineConfig }),
  },
  unit: {
    path: "/etc/systemd/system/cri-docker.service",
    text: ({ cluster }) =>
      template(`${folder}/cri-docker.service`, {
        program: `${nodeFolder}/cri-dockerd`,
        socket,
        dualStack: `${isDualStack(cluster.network)}`,
        sandbox: `registry.k8s.io/pause:${releasesOf(cluster.version).pause}`,
      }),
  },
  crictl: crictlFile(socket),
  ociRuntime: ociRuntimeFile,
} as const satisfies Record<string, RuntimeFile>;
