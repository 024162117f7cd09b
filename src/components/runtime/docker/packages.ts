import { type Command, sh } from "../../../hosts/sh.ts";
import { backUp, beforeFolder, type Contents, recordFolder, restoreCommand } from "../../../linux/backup.ts";

export const forwarding = "/proc/sys/net/ipv4/ip_forward";

/** Folders that come to be because an engine runs, besides its data. */
export const besidesData: Contents = {
  "/etc/docker": ["key.json"],
  "/etc/containerd": [],
  "/opt/containerd": [],
};

/**
 * Before an engine's packages are installed: records the group that they will create, the firewall's state, and which of these
 * folders will be new.
 */
export const backUpEngine = (owner: string, freshFolders: Contents): Command => sh`
  ${
    // Adding a group leaves the previous list beside it.
    backUp(owner, { files: ["/etc/group-", "/etc/gshadow-"], freshFolders })
  }
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
