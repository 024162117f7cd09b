import { template } from "../../../src/template.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const live = (forward: number, bridge: number, instances: number) =>
  said(
    `net.ipv4.ip_forward ${forward}\nnet.bridge.bridge-nf-call-iptables ${bridge}\nfs.inotify.max_user_instances ${instances}\nfs.inotify.max_user_watches 1048576\n`,
  );

export const cases: StepCases = {
  // Debian 12 as it comes: no bridge module, 128 instances, a swap partition.
  fresh: {
    facts: {
      live: said(
        "net.ipv4.ip_forward 0\nfs.inotify.max_user_instances 128\nfs.inotify.max_user_watches 61190\n",
      ),
      swap: said("/dev/sda5                               partition\t998396\t\t0\t\t-2\n"),
    },
    differences: [
      "/etc/sysctl.d/90-labwright.conf is missing",
      "/etc/modules-load.d/labwright.conf is missing",
      "net.ipv4.ip_forward is 0, not 1",
      "fs.inotify.max_user_instances is 128, not 1024",
      "fs.inotify.max_user_watches is 61190, not 262144",
      "swap is on, and the kubelet counts memory without it",
    ],
  },
  right: {
    settings: said(template("kernel-settings/sysctl.conf")),
    modules: said(template("kernel-settings/modules.conf")),
    live: live(1, 1, 8192),
    swap: said(""),
  },
  alsoRight: { "a container, whose swap is its host's": { facts: { swap: nothing } } },
  wrong: {
    "live values that somebody changed": {
      facts: { live: live(0, 0, 1023) },
      differences: [
        "net.ipv4.ip_forward is 0, not 1",
        "net.bridge.bridge-nf-call-iptables is 0, not 1",
        "fs.inotify.max_user_instances is 1023, not 1024",
      ],
    },
    "files that somebody changed": {
      facts: { settings: said("net.ipv4.ip_forward = 1\n"), modules: said("overlay\n") },
      differences: [
        "/etc/sysctl.d/90-labwright.conf differs from what labwright writes",
        "/etc/modules-load.d/labwright.conf differs from what labwright writes",
      ],
    },
  },
  apply: { "a fresh machine": {} },
  undo: { "a right machine": {} },
};
