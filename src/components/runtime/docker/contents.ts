import type { Contents } from "../../../linux/backup.ts";

/** What dockerd keeps in its data folder. */
export const madeByDocker: Contents = {
  "/var/lib/docker": [
    ...["buildkit", "containerd", "containers", "engine-id", "image", "network", "overlay2", "plugins"],
    ...["runtimes", "swarm", "tmp", "trust", "vfs", "fuse-overlayfs", "btrfs", "volumes", "unsupported"],
  ],
};
