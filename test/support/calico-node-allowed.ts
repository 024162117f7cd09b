import { sh } from "../../src/hosts/sh.ts";
import type { Docker } from "../../src/providers/docker/docker.ts";
import { keptIn, keptPatterns } from "./calico-node-programs.ts";

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

/**
 * Removes from a root file system what the build of Calico's own image removes. As there, a folder that is a symbolic
 * link is not followed, so that in a merged /usr the link /sbin goes. Debian's `sh` is dash, which is on no list; that of
 * Calico's image is bash.
 */
export const removal = (root: string): string => `set -eu
cd ${root}
find ${quoted(keptIn.map((folder) => `.${folder}`))} \\( -type f -o -type l \\) |
  grep -v ${quoted(keptPatterns.map((pattern) => `-e${pattern}`))} |
  while read -r path; do rm -f "$path"; done
ln -sf bash usr/bin/sh`;

/**
 * Makes the image `restricted` from `image`, a calico/node of labwright's own: the same programs as far as Calico's own
 * image would have them, the same command. What it had in other folders stays.
 */
export async function restrictCalicoNode(docker: Docker, image: string, restricted: string): Promise<void> {
  const command = await docker.run(sh`image inspect --format ${"{{json .Config.Cmd}}"} ${image}`);
  const container = await docker.run(sh`create --network none ${image} /bin/bash -c ${removal("/")}`);
  try {
    await docker.run(sh`start --attach ${container}`);
    await docker.run(sh`commit --change ${`CMD ${command}`} ${container} ${restricted}`);
  } finally {
    await docker.run(sh`rm --force ${container}`);
  }
}
