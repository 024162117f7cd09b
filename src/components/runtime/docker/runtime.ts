import { sh } from "../../../hosts/sh.ts";
import { nodeFolder } from "../../../kubernetes/node-programs.ts";
import { isSince } from "../../../versions.ts";
import type { ContainerRuntime } from "../container-runtime.ts";
import { madeByContainerd } from "../containerd/contents.ts";
import { madeByDocker } from "./contents.ts";
import { files, socket } from "./files.ts";
import { docker, images, origins } from "./images.ts";
import { othersThan } from "./others.ts";
import { backUpEngine, besidesData, restoreEngine } from "./packages.ts";
import { criDockerdPrograms } from "./release.ts";

const program = `${nodeFolder}/cri-dockerd`;
const owner = "runtime-docker";
/** cri-dockerd gives it to each container. */
const ofKubelet = "label=io.kubernetes.docker.type";

/** The Docker engine of the distribution, which the kubelet reaches through cri-dockerd. */
export const runtime: ContainerRuntime = {
  name: "cri-dockerd",
  reported: "docker",
  programs: criDockerdPrograms,
  helpers: ["dockerd", "docker"],
  aroundHelpers: { before: backUpEngine(owner, {}), after: restoreEngine(owner) },
  program,
  release: sh`${program} --version 2>&1 | sed -n 's/^cri-dockerd \([^ ]*\).*/\1/p'`,
  unit: "cri-docker",
  puller: "docker",
  socket,
  files,
  rivals: [
    "cri-docker.socket",
    "cri-docker.service",
    "docker.socket",
    "docker.service",
    "containerd.service",
  ],
  store: "/var/lib/docker",
  contents: { ...madeByDocker, ...madeByContainerd, "/var/lib/cri-dockerd": ["sandbox"] },
  fresh: { ...besidesData, "/etc/systemd/system/docker.service.d": [] },
  processes: ["cri-dockerd"],
  // Its addresses for `kubectl exec` have no scheme, which kubelets read as HTTPS since 1.36: Mirantis/cri-dockerd#569.
  kubeletGates: (version) => (isSince(version, "1.36") ? { ExtendWebSocketsToKubelet: false } : {}),
  // An engine that does not answer is not an engine that nobody uses.
  others: sh`systemctl start docker && ${docker} version >/dev/null || exit 1
        ${othersThan(ofKubelet)}`,
  // The engine's other containers have theirs in the same folder; it removes them with its containers.
  namespaces: [],
  clear: sh`systemctl stop cri-docker
        systemctl start docker 2>/dev/null && ${docker} ps --all --quiet --filter ${ofKubelet} | xargs -r ${docker} rm --force --volumes >/dev/null
        systemctl stop docker.socket docker.service containerd.service 2>/dev/null
        awk '$2 ~ "^(/var/lib/docker|(/var)?/run/docker|/var/lib/containerd|/run/containerd)/" { print $2 }' /proc/mounts |
          sort -r | xargs -r umount --lazy
        rm -f ${origins}`,
  images,
};
