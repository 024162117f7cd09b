import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { backUp, recordFolder, restore } from "../../linux/backup.ts";
import { contentOf, textDifference } from "../../linux/files.ts";
import { template } from "../../template.ts";
import { step } from "../step.ts";

const sysctlFile = "/etc/sysctl.d/90-labwright.conf";
const modulesFile = "/etc/modules-load.d/labwright.conf";

/** The minimum for kubeadm's preflight and for several systemd machines on one kernel. */
const wanted: Record<string, number> = {
  "net.ipv4.ip_forward": 1,
  "net.bridge.bridge-nf-call-iptables": 1,
  "fs.inotify.max_user_instances": 1024,
  "fs.inotify.max_user_watches": 262144,
};

/** What the kubelet and kube-proxy set themselves: setupKernelTunables in the kubelet, and kube-proxy's conntrack.go. */
const setByOthers = [
  ...["vm.overcommit_memory", "vm.panic_on_oom", "kernel.panic", "kernel.panic_on_oops"],
  ...["kernel.keys.root_maxkeys", "kernel.keys.root_maxbytes", "net.ipv4.conf.all.route_localnet"],
  ...["net.netfilter.nf_conntrack_max", "net.netfilter.nf_conntrack_tcp_timeout_established"],
  ...["net.netfilter.nf_conntrack_tcp_timeout_close_wait", "net.netfilter.nf_conntrack_tcp_be_liberal"],
];

const owner = "kernel-settings";
const live = `${recordFolder(owner)}/live`;

/** Records the live values, the swaps in use and the modules that are not loaded yet; only the first record counts. */
const backUpLive = sh`
  if [ ! -e ${live} ]; then
    {
      for name in ${[...Object.keys(wanted), ...setByOthers]}; do
        file=/proc/sys/$(printf %s "$name" | tr . /)
        if [ -e "$file" ]; then printf 'value %s %s\n' "$name" "$(cat "$file")"; fi
      done
      tail -n +2 /proc/swaps | awk '{ print "swap", $1 }'
      for name in br_netfilter overlay; do [ -e "/sys/module/$name" ] || printf 'module %s\n' "$name"; done
    } >${`${live}.new`} && mv ${`${live}.new`} ${live}
  fi`;

/**
 * In a container, settings of the whole kernel are not changed: other machines use it. A module in use stays. Fails if
 * anything else could not be restored: the notes are then needed again.
 */
const restoreLive = sh`
  if [ -e ${live} ]; then
    container=$(systemd-detect-virt --container) failed=
    while read -r kind name value; do
      case "$container $kind $name" in
        none\ value\ * | *\ value\ net.ipv4.*) sysctl --quiet --ignore --write "$name=$value" || failed="$failed $name" ;;
        none\ module\ *) modprobe -r "$name" 2>/dev/null ;;
      esac
    done <${live}
    if [ "$container" = none ]; then
      if [ -e /etc/fstab.labwright ]; then sed -i 's/^# labwright: //' /etc/fstab; rm /etc/fstab.labwright; fi
      for device in $(sed -n 's/^swap //p' ${live}); do
        grep -q "^$device " /proc/swaps || swapon "$device" || failed="$failed $device"
      done
    fi
    [ -z "$failed" ] || { echo "could not restore$failed" >&2; exit 1; }
  fi
  true`;

export const kernelSettings = step({
  summary:
    "Sets IP forwarding, bridge filtering and inotify limits, with their kernel modules, now and for the next start.",
  params: z.strictObject({}),

  probe: () => ({
    settings: contentOf(sysctlFile),
    modules: contentOf(modulesFile),
    live: sh`for name in ${Object.keys(wanted)}; do
      file=/proc/sys/$(printf %s "$name" | tr . /)
      if [ -e "$file" ]; then printf '%s %s\n' "$name" "$(cat "$file")"; fi
    done`,
    swap: sh`[ "$(systemd-detect-virt --container)" = none ] && tail -n +2 /proc/swaps`,
  }),

  check: (facts) => [
    ...textDifference(sysctlFile, facts.settings, template("kernel-settings/sysctl.conf")),
    ...textDifference(modulesFile, facts.modules, template("kernel-settings/modules.conf")),
    ...facts.live.stdout.split("\n").flatMap((line) => {
      const [name = "", value = ""] = line.split(" ");
      const least = wanted[name];
      return least !== undefined && Number(value) < least ? [`${name} is ${value}, not ${least}`] : [];
    }),
    ...(facts.swap.stdout.trim() === "" ? [] : ["swap is on, and the kubelet counts memory without it"]),
  ],

  apply: async (host) => {
    await host.run(backUp(owner, { files: [sysctlFile, modulesFile] }));
    await host.run(backUpLive);
    await host.write({ path: sysctlFile, content: template("kernel-settings/sysctl.conf") });
    await host.write({ path: modulesFile, content: template("kernel-settings/modules.conf") });
    // In a container the kernel is the host's: its modules are there or not, and its swap must not be turned off.
    await host.run(sh`
      modprobe -a overlay br_netfilter 2>/dev/null
      if [ "$(systemd-detect-virt --container)" = none ]; then
        swapoff -a
        sed -i.labwright '/\sswap\s/ s/^[^#]/# labwright: &/' /etc/fstab
      fi
      sysctl --quiet --ignore --load ${sysctlFile}`);
  },

  undo: async (host, _, context) => {
    await host.run(restoreLive);
    await restore(host, context, owner);
  },
});
