import { sh } from "../../../hosts/sh.ts";
import { nodeFolder } from "../../../kubernetes/node-programs.ts";
import type { ContainerRuntime } from "../container-runtime.ts";
import { files, socket } from "./files.ts";
import { images } from "./images.ts";
import { origins, store } from "./places.ts";
import { crioPrograms } from "./release.ts";

const program = `${nodeFolder}/crio`;

export const runtime: ContainerRuntime = {
  name: "CRI-O",
  reported: "cri-o",
  programs: crioPrograms,
  program,
  helpers: ["conmon"],
  release: sh`${program} --version | sed -n 's/^crio version //p'`,
  unit: "crio",
  puller: "crio",
  socket,
  files,
  rivals: ["crio.service"],
  store,
  contents: { [store]: ["storage", "version", "clean.shutdown", "clean.shutdown.supported"] },
  fresh: {
    "/etc/crio": [],
    "/etc/containers/registries.conf.d": [],
    "/etc/containers": [],
    "/usr/share/containers": [],
    "/var/lib/containers": ["cache"],
    "/var/log/crio": ["pods"],
  },
  processes: ["crio"],
  namespaces: ["crio/ns/netns/", "crio/ns/ipcns/", "crio/ns/utsns/"],
  // A container's monitor outlives CRI-O. It is known by a folder among its arguments, which this pattern is not a match of.
  clear: sh`systemctl stop crio
        grep -lzs '[/]run/crio/exits' /proc/[0-9]*/cmdline | cut -d / -f 3 | xargs -r kill -KILL 2>/dev/null
        awk '$2 ~ "^(/run/crio|/var/lib/crio/storage)/" { print $2 }' /proc/mounts | sort -r | xargs -r umount --lazy
        rm -rf --one-file-system /run/crio
        rm -f ${origins}`,
  images,
};
