import { template } from "../../../template.ts";
import { releasesOf } from "../../../versions.ts";
import type { RuntimeFile } from "../container-runtime.ts";
import { crictlFile } from "../crictl-file.ts";
import { ociRuntime, ociRuntimeFile } from "../oci-runtime.ts";
import { imagesFolder } from "../shared-images.ts";
import { policyFile, store } from "./places.ts";

const folder = "container-runtime/cri-o";

export const socket = "/run/crio/crio.sock";

/** CRI-O's files have no word for every registry: those that a lab's images come from. */
const registries = ["docker.io", "ghcr.io", "quay.io", "registry.k8s.io"];

export const files = {
  config: {
    path: "/etc/crio/crio.conf",
    text: ({ cluster }, { systemdCgroup, lowersOomScore }) =>
      template(`${folder}/crio.conf`, {
        store,
        sandbox: `registry.k8s.io/pause:${releasesOf(cluster.version).pause}`,
        cgroupManager: systemdCgroup ? "systemd" : "cgroupfs",
        monitorCgroup: systemdCgroup ? "system.slice" : "pod",
        ociRuntime: lowersOomScore ? "" : ociRuntime,
      }),
  },
  unit: {
    path: "/etc/systemd/system/crio.service",
    text: () => template(`${folder}/crio.service`, { shared: `${imagesFolder}/storage` }),
  },
  crictl: crictlFile(socket),
  policy: { path: policyFile, text: () => template(`${folder}/policy.json`) },
  ociRuntime: ociRuntimeFile,
  registries: {
    path: "/etc/containers/registries.conf.d/labwright.conf",
    text({ mirrors: { images } }) {
      const searched = template(`${folder}/registries.conf`);
      if (images === undefined) return searched;
      const mirror = new URL(images);
      const of = (registry: string) =>
        template(`${folder}/mirror.conf`, {
          registry,
          mirror: mirror.host,
          insecure: mirror.protocol === "http:",
        });
      return searched + registries.map(of).join("");
    },
  },
} as const satisfies Record<string, RuntimeFile>;
