import { Command, lines, sh } from "../../hosts/sh.ts";
import { dropRules, firewalls } from "../../linux/firewall.ts";
import { ofNetworks } from "../network/networks.ts";
import type { PodNetwork } from "../network/pod-network.ts";
import { ofRuntimes } from "../runtime/runtimes.ts";

const ofKernel = (part: keyof PodNetwork["kernel"]): string[] => ofNetworks(({ kernel }) => kernel[part]);

/** Names that only kube-proxy, the kubelet, the pod network and the CNI plugins give their firewall chains and comments. */
const ourChains = ["KUBE-", ...ofKernel("chains"), "CNI-"].join("|");
const ourLinks = `^(${[...ofKernel("links"), "kube-ipvs0$"].join("|")})`;
const namespaces = ofRuntimes(({ namespaces }) => namespaces);
const namespaceFiles = namespaces.map((prefix) => `/run/${prefix}*`).join(" ");
const ourMounts = `^/(var/lib/kubelet/|(var/)?run/(${[...ofKernel("mounts"), ...namespaces].join("|")}))`;
const ourSets = `^(${[...ofKernel("sets"), "KUBE-"].join("|")})`;

/** Prints, a line each, what pods and their network have in a node's kernel: processes, mounts, links, routes, chains, sets. */
export const nodeLeftovers: Command = sh`
  find /sys/fs/cgroup -path '*/kubepods*' -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | sed 's/^/process /'
  awk -v ours=${ourMounts} '$2 ~ ours { print "mount", $2 }' /proc/mounts | sort -r
  ip -o link show | awk -F '[ :@]+' '{ print $2 }' | grep -E ${ourLinks} | sed 's/^/link /'
  { ${lines(ofNetworks(({ routes }) => (routes ? [routes] : [])))}
  } | sed 's/^/route /'
  for kind in ${firewalls}; do
    command -v "$kind-save" >/dev/null && "$kind-save" 2>/dev/null | grep -qE ${ourChains} && echo "firewall $kind"
  done
  command -v ipset >/dev/null && ipset list -name 2>/dev/null | grep -E ${ourSets} | sed 's/^/set /'
  true`;

/**
 * Takes away what `nodeLeftovers` prints; rules, links and routes of others stay. The kubelet must be stopped. Exits with 1 if
 * something is still there, so that nothing is removed after it that another attempt needs.
 */
export const clearNode: Command = sh`
  left() { { ${nodeLeftovers}
  } | sed -n "s/^$1 //p"; }
  left process | xargs -r kill -KILL 2>/dev/null
  left mount | xargs -r umount --lazy
  rm -f ${Command.of(namespaceFiles, namespaceFiles)}
  left link | while read -r name; do ip link delete "$name"; done
  left route | while read -r route; do ip route delete $route; done
  ${dropRules(ourChains)}
  left set | while read -r name; do ipset destroy "$name"; done
  for try in 1 2 3 4 5 6 7 8 9 10; do
    still=$({ ${nodeLeftovers}
    })
    [ -n "$still" ] || break
    sleep 0.5
  done
  [ -z "$still" ] || { printf 'still there: %s\n' "$still" >&2; exit 1; }`;
