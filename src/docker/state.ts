import { madeByContainerd } from "../components/runtime/containerd/contents.ts";
import { madeByDocker } from "../components/runtime/docker/contents.ts";
import { othersThan } from "../components/runtime/docker/others.ts";
import {
  backUpEngine,
  besidesData,
  forwarding,
  restoreEngine,
} from "../components/runtime/docker/packages.ts";
import { type Command, sh } from "../hosts/sh.ts";
import { recordFolder } from "../linux/backup.ts";
import { dropRules } from "../linux/firewall.ts";
import { ofLab } from "./labels.ts";

const owner = "docker-state";
const folder = recordFolder(owner);

/** Names that only an engine gives in its own network namespace: the links of its networks, and its chains. */
const links = "(docker0|br-[0-9a-f]{12}|d[im]-[0-9a-f]{12})";
/** Not DOCKER_OUTPUT and the like: those are in a machine that is a container itself, and lead to its name server. */
const rules = `DOCKER( |-|$)|${links}`;
const mounts = "^(/var/lib/docker|(/var)?/run/docker|/var/lib/containerd|(/var)?/run/containerd)/";

export const backUpDocker: Command = backUpEngine(owner, {
  ...madeByDocker,
  ...madeByContainerd,
  ...besidesData,
  "/etc/cni": [],
  "/opt/cni": [],
});

/** The exit code of `clearDocker` if somebody else uses the engine; it has then changed nothing. */
export const othersOnEngine = 21;

/**
 * Before those packages are removed: removes labwright's objects on the engine, and the engine's in the kernel. Exits with
 * `othersOnEngine` if there is anything else. An engine that finds
 * forwarding off turns it on, and sets FORWARD to DROP: https://docs.docker.com/engine/network/packet-filtering-firewalls/
 */
export const clearDocker = (id: string | undefined): Command => sh`
  if [ -e ${folder}/forward ]; then
    others=$({ ${othersThan(ofLab(id))}
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

export const restoreDocker: Command = restoreEngine(owner);
