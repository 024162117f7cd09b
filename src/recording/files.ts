import { workloadSets } from "../components/image-sets.ts";
import { ofNetworks } from "../components/network/networks.ts";
import { lines, sh } from "../hosts/sh.ts";
import { imagesRecord } from "../kubernetes/images.ts";
import { removePath } from "../linux/remove-path.ts";
import type { Recorder } from "./types.ts";

/** Settings and histories in homes, which belong to their users; but not folders in which programs keep data. */
const dotfiles = sh`'(' '(' -path '/root/.*' -o -path '/home/*/.*' ')' ! -path '*/.kube' ! -path '*/.kube/*' ! -path '*/.docker*' ')'`;

/** What changes by itself: by using a tool, by a service that renews it; and what other recorders record better. */
const leftOut = [
  "*/.kube/cache",
  "/etc/mtab",
  "/etc/resolv.conf",
  "/etc/hosts",
  "/etc/adjtime",
  "/etc/ld.so.cache",
  "/etc/.pwd.lock",
  ...["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].flatMap((name) => [
    `/etc/${name}`,
    `/etc/${name}-`,
  ]),
  ...ofNetworks(({ bookkeeping }) => bookkeeping.files),
  // Exercises share their images, and a reset keeps them.
  ...Object.values(workloadSets)
    .filter(({ forExercisesOnly }) => forExercisesOnly)
    .map(imagesRecord),
];

/**
 * Files, folders and links in /etc, /root, /home, /opt, and where people put programs: kind, mode, owner, and a file's
 * SHA-256 or a link's target. Of a file over a mebibyte, which is a program, size and time are enough: hashing the
 * CNI programs takes thirty times as long as all others. Three lists. Every field ends in NUL, because names and
 * link targets may contain anything else (GNU find, coreutils).
 */
export const fileRecorder: Recorder = {
  owns: (kind) => kind === "file",
  probe: sh`
    set -f
    left_out() { for one in ${leftOut}; do printf ' -path %s -prune -o' "$one"; done; }
    list() { find -P /etc /root /home /opt /usr/local/bin /usr/local/sbin -mindepth 1 -xdev $(left_out) ${dotfiles} -prune -o "$@"; }
    list -printf '%p\0%y %m %U:%G %l\0'
    printf '\0'
    list -type f -size -1025k -exec sha256sum -z {} +
    printf '\0'
    list -type f -size +1024k -printf '%p\0%s %T@\0'`,
  read: (printed) => {
    const [shapes = [], sums = [], sizes = []] = printed
      .split("\0\0")
      .map((list) => list.split("\0").filter((field) => field !== ""));
    const contents = new Map([
      ...sums.map((line): [string, string] => [line.slice(66), line.slice(0, 16)]),
      ...pairs(sizes),
    ]);
    return pairs(shapes).map(([name, shape]) => ({
      kind: "file",
      name,
      value: `${shape.trimEnd()} ${contents.get(name) ?? ""}`.trim(),
    }));
  },
  remove: (items) => lines(items.map(({ name }) => removePath(name))),
};

const pairs = (fields: readonly string[]): [string, string][] =>
  fields.flatMap((field, index): [string, string][] =>
    index % 2 === 0 ? [[field, fields[index + 1] ?? ""]] : [],
  );
