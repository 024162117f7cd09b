import { madeByContainerd } from "../components/runtime/containerd/contents.ts";
import { type Command, sh } from "../hosts/sh.ts";
import { backUp, beforeFolder, restoreCommand } from "../linux/backup.ts";
import { dropRules } from "../linux/firewall.ts";
import { madeByDocker } from "./contents.ts";
import { ofLab } from "./labels.ts";

const owner = "docker-state";
const folder = `${beforeFolder}/${owner}`;
const forwarding = "/proc/sys/net/ipv4/ip_forward";

/** Names that only an engine gives in its own network namespace: the links of its networks, and its chains. */
const links = "(docker0|br-[0-9a-f]{12}|d[im]-[0-9a-f]{12})";
/** Not DOCKER_OUTPUT and the like: those are in a machine that is a container itself, and lead to its name server. */
const rules = `DOCKER( |-|$)|${links}`;
const mounts = "^(/var/lib/docker|(/var)?/run/docker|/var/lib/containerd|(/var)?/run/containerd)/";

/** Before an engine's packages are installed: records what the engine and they will create besides their own files. */
export const backUpDocker: Command = sh`
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
  [ -e ${folder}/forward ] || {
    getent group docker >/dev/null || echo docker >${folder}/group
    policy=$(iptables -S FORWARD 2>/dev/null | sed -n '1s/^-P FORWARD //p')
    echo "$(cat ${forwarding}) $policy" >${folder}/forward
  }`;

/** The exit code of `clearDocker` if somebody else uses the engine; it has then changed nothing. */
export const othersOnEngine = 21;

/** A volume whose name the engine generated is removed with its container. */
const unnamed = "[0-9a-f]{64}";

/** Prints the engine's objects without the lab's id: `container news`, `volume data`. */
const others = (id: string | undefined): Command => sh`
  unlabelled() {
    kind=$1 format=$2; shift 2
    all=$(docker "$kind" ls --format "$format" "$@" 2>/dev/null)
    ours=$(docker "$kind" ls --format "$format" "$@" --filter ${ofLab(id)} 2>/dev/null)
    printf '%s\n' "$all" | grep -vxF -e "$ours" | grep -vxE ${unnamed} | sed -n "s/./$kind &/p"
  }
  unlabelled container '{{.Names}}' --all
  unlabelled network '{{.Name}}' --filter type=custom
  unlabelled volume '{{.Name}}'`;

/**
 * Before those packages are removed: removes labwright's objects on the engine, and the engine's in the kernel. Exits with
 * `othersOnEngine` if there is anything else. An engine that finds
 * forwarding off turns it on, and sets FORWARD to DROP: https://docs.docker.com/engine/network/packet-filtering-firewalls/
 */
export const clearDocker = (id: string | undefined): Command => sh`
  if [ -e ${folder}/forward ]; then
    others=$({ ${others(id)}
    } | sort -u)
    [ -z "$others" ] || { printf '%s\n' "$others" >&2; exit ${othersOnEngine}; }
    docker ps --all --quiet 2>/dev/null | xargs -r docker rm --force --volumes >/dev/null
    docker network ls --quiet --filter type=custom 2>/dev/null | xargs -r docker network rm >/dev/null
    systemctl stop docker.socket docker.service 2>/dev/null
    awk -v ours=${mounts} '$2 ~ ours { print $2 }' /proc/mounts | sort -r | xargs -r umount --lazy
    ip -o link show | awk -F '[ :@]+' '{ print $2 }' | grep -xE ${links} | while read -r name; do ip link delete "$name"; done
    read -r forward policy <${folder}/forward
    ${dropRules(rules)}
    if [ "$forward" = 0 ]; then
      echo 0 >${forwarding}
      iptables -P FORWARD "$([ -n "$policy" ] && echo "$policy" || echo ACCEPT)"
    fi
  fi
  true`;

/** After the packages were removed: files and the group. If they were kept because others need them, nothing changes. */
export const restoreDocker: Command = sh`
  if [ ! -e ${folder}/forward ]; then :
  elif command -v dockerd >/dev/null; then
    rm -rf ${folder} && rmdir --ignore-fail-on-non-empty -p ${beforeFolder}
  else
    [ ! -e ${folder}/group ] || ! getent group docker >/dev/null || groupdel docker
    ${restoreCommand(owner)}
  fi`;
