import { type Command, sh } from "../../../hosts/sh.ts";
import { backUp, beforeFolder, restoreCommand } from "../../../linux/backup.ts";
import { madeByContainerd } from "../containerd/contents.ts";
import { madeByDocker } from "./contents.ts";

/** Where an owner records the state before an engine's packages were installed. */
export const recordFolder = (owner: string): string => `${beforeFolder}/${owner}`;

export const forwarding = "/proc/sys/net/ipv4/ip_forward";

/** Before an engine's packages are installed: records what the engine and they will create besides their own files. */
export const backUpEngine = (owner: string): Command => sh`
  ${backUp(owner, {
    // Adding a group leaves the previous list beside it.
    files: ["/etc/group-", "/etc/gshadow-"],
    freshFolders: {
      ...madeByDocker,
      ...madeByContainerd,
      "/etc/docker": ["key.json"],
      "/etc/containerd": [],
      "/opt/containerd": [],
      "/etc/cni": [],
      "/opt/cni": [],
    },
  })}
  [ -e ${recordFolder(owner)}/forward ] || {
    getent group docker >/dev/null || echo docker >${recordFolder(owner)}/group
    policy=$(iptables -S FORWARD 2>/dev/null | sed -n '1s/^-P FORWARD //p')
    echo "$(cat ${forwarding}) $policy" >${recordFolder(owner)}/forward
  }`;

/** After the packages were removed: files and the group. If they were kept because others need them, nothing changes. */
export const restoreEngine = (owner: string): Command => sh`
  if [ ! -e ${recordFolder(owner)}/forward ]; then :
  elif command -v dockerd >/dev/null; then
    rm -rf ${recordFolder(owner)} && rmdir --ignore-fail-on-non-empty -p ${beforeFolder}
  else
    [ ! -e ${recordFolder(owner)}/group ] || ! getent group docker >/dev/null || groupdel docker
    ${restoreCommand(owner)}
  fi`;
