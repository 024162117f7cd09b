import { z } from "zod";
import { step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { contentOf, textDifference } from "./shared/files.ts";
import { template } from "./shared/template.ts";

const sysctlFile = "/etc/sysctl.d/90-labwright.conf";
const modulesFile = "/etc/modules-load.d/labwright.conf";

/** What kubeadm's preflight and several systemd machines on one kernel need, at the least. */
const wanted: Record<string, number> = {
  "net.ipv4.ip_forward": 1,
  "net.bridge.bridge-nf-call-iptables": 1,
  "fs.inotify.max_user_instances": 1024,
  "fs.inotify.max_user_watches": 262144,
};

/** Forwarding, bridge filtering and inotify limits, live and at the next start, with the modules that they belong to. */
export const kernelSettings = step({
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
    await host.write({ path: sysctlFile, content: template("kernel-settings/sysctl.conf") });
    await host.write({ path: modulesFile, content: template("kernel-settings/modules.conf") });
    // In a container the kernel is the host's: its modules are there or not, and its swap is not ours to turn off.
    await host.run(sh`
      modprobe -a overlay br_netfilter 2>/dev/null
      if [ "$(systemd-detect-virt --container)" = none ]; then
        swapoff -a
        sed -i.labwright '/\sswap\s/ s/^[^#]/# labwright: &/' /etc/fstab
      fi
      sysctl --quiet --ignore --load ${sysctlFile}`);
  },

  undo: async (host) => {
    await host.run(sh`
      rm -f ${sysctlFile} ${modulesFile}
      if [ -e /etc/fstab.labwright ]; then sed -i 's/^# labwright: //' /etc/fstab; rm /etc/fstab.labwright; swapon -a; fi`);
  },
});
