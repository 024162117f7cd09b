import { sh } from "../../../hosts/sh.ts";
import { nodeFolder } from "../../../kubernetes/node-programs.ts";
import type { ContainerRuntime } from "../container-runtime.ts";
import { madeByContainerd } from "./contents.ts";
import { files, socket } from "./files.ts";
import { images } from "./images.ts";
import { containerdPrograms } from "./release.ts";

export const runtime: ContainerRuntime = {
  name: "containerd",
  reported: "containerd",
  programs: containerdPrograms,
  helpers: [],
  program: `${nodeFolder}/containerd`,
  release: sh`containerd --version | awk '{ print $3 }'`,
  unit: "containerd",
  puller: "containerd",
  socket,
  files,
  rivals: ["docker.socket", "docker.service", "containerd.service"],
  store: "/var/lib/containerd",
  contents: madeByContainerd,
  fresh: { "/opt/containerd": [] },
  processes: ["containerd", "containerd-shim-runc-v2"],
  namespaces: ["netns/cni-"],
  // Shims outlive the runtime that started them, and what they hold mounted cannot be removed.
  clear: sh`systemctl kill --signal=KILL containerd 2>/dev/null
        systemctl stop containerd
        awk '$2 ~ "^(/run/containerd|/var/lib/containerd)/" { print $2 }' /proc/mounts | sort -r | xargs -r umount --lazy
        rm -rf --one-file-system /run/containerd`,
  images,
};
