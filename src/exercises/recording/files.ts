import { sh } from "../../hosts/sh.ts";
import type { Recorder } from "./types.ts";

/** What changes by itself: by logging in, by using a tool, by a service that renews it. */
const leftOut = [
  "*/.bash_history",
  "*/.ash_history",
  "*/.lesshst",
  "*/.viminfo",
  "*/.wget-hsts",
  "*/.sudo_as_admin_successful",
  "*/.cache",
  "*/.kube/cache",
  "*/.ssh/known_hosts*",
  "/etc/mtab",
  "/etc/resolv.conf",
  "/etc/hosts",
  "/etc/adjtime",
  "/etc/ld.so.cache",
  "/etc/.pwd.lock",
  "/etc/passwd-",
  "/etc/group-",
  "/etc/shadow-",
  "/etc/gshadow-",
  "/etc/subuid-",
  "/etc/subgid-",
  "/etc/cni/net.d/calico-kubeconfig",
];

/**
 * Files, folders and links in /etc, /root, /home and /opt: kind, mode and owner, and a file's SHA-256 or where a link
 * leads. Two lists, whose entries end in NUL, because a name may have anything else in it (GNU find, coreutils).
 */
export const fileRecorder: Recorder = {
  owns: (kind) => kind === "file",
  probe: sh`
    set -f
    left_out() { for one in ${leftOut}; do printf ' -path %s -prune -o' "$one"; done; }
    list() { find /etc /root /home /opt -mindepth 1 -xdev $(left_out) "$@"; }
    list -printf '%y %m %U:%G %l\t%p\0'
    printf '\0'
    list -type f -exec sha256sum -z {} +`,
  read: (printed) => {
    const middle = printed.indexOf("\0\0");
    const lists = [printed.slice(0, middle), printed.slice(middle + 2)];
    const [shapes = [], sums = []] = lists.map((list) => list.split("\0").filter((entry) => entry !== ""));
    const hashes = new Map(sums.map((line) => [line.slice(66), line.slice(0, 16)]));
    return shapes.map((entry) => {
      const cut = entry.indexOf("\t");
      const name = entry.slice(cut + 1);
      return { kind: "file", name, value: `${entry.slice(0, cut).trim()} ${hashes.get(name) ?? ""}`.trim() };
    });
  },
  remove: (items) => sh`rm -rf -- ${items.map(({ name }) => name)}`,
};
