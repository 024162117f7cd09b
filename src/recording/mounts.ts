import { ofNetworks } from "../components/network/networks.ts";
import { ofRuntimes } from "../components/runtime/runtimes.ts";
import { lines, sh } from "../hosts/sh.ts";
import type { Recorder } from "./types.ts";

/** Mounts of pods, of their sandboxes, of container engines and logins, which come and go with those. */
const followsOthers = new RegExp(
  `^(${[
    ...["/run/", "/proc/", "/var/run/", "/sys/fs/cgroup/", "/var/lib/kubelet/", "/var/lib/docker/"],
    ...ofRuntimes(({ contents }) => Object.keys(contents)).map((folder) => `${folder}/`),
    ...ofNetworks(({ mounts }) => mounts).map((folder) => `${folder}/`),
  ].join("|")})`,
);

/** What is mounted on a machine. A mount that is gone needs a new machine: its source may be gone too. */
export const mountRecorder: Recorder = {
  owns: (kind) => kind === "mount",
  probe: sh`cat /proc/self/mounts`,
  read: (printed) =>
    printed.split("\n").flatMap((line) => {
      const [source = "", target = "", type = ""] = line.split(" ");
      return target === "" || followsOthers.test(`${target}/`)
        ? []
        : [{ kind: "mount", name: unescaped(target), value: `${source} ${type}` }];
    }),
  remove: (items) => lines(items.map(({ name }) => sh`umount --lazy ${name}`)),
};

/** proc(5): blanks and backslashes are `\\040` and so on. */
const unescaped = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
