import type { Contents } from "../../../linux/backup.ts";

/** What containerd keeps in its data folder. */
export const madeByContainerd: Contents = { "/var/lib/containerd": ["io.containerd.*", "tmpmounts"] };
