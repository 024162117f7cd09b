import { z } from "zod";
import { step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { releasesOf } from "../versions.ts";
import { giveBack, remember } from "./shared/before.ts";
import { contentOf, isOurs, textDifference } from "./shared/files.ts";
import { install, versionDifference, versionOf } from "./shared/programs.ts";
import { template } from "./shared/template.ts";

const unitFile = "/etc/systemd/system/kubelet.service";
export const resolvFile = "/etc/labwright/resolv.conf";

/** What the kubelet and the pods that it starts leave behind, besides what is named in its unit. */
const touched = {
  services: ["kubelet.service"],
  files: [unitFile, resolvFile, "/etc/systemd/system/multi-user.target.wants/kubelet.service"],
  folders: ["/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd", "/var/lib/calico"],
  // Calico's pods mount it on the node.
  mounts: ["/sys/fs/bpf"],
  fresh: [
    ...[
      "/var/log/pods",
      "/var/log/containers",
      "/var/log/calico",
      "/var/lib/cni",
      "/var/run/calico",
      "/root/.kube",
    ],
    // The API server's and the controller manager's pods mount these, and the kubelet makes them where they are not.
    ...[
      "/usr/libexec/kubernetes",
      "/usr/local/share/ca-certificates",
      "/usr/share/ca-certificates",
      "/etc/ca-certificates",
    ],
  ],
};

const unit = (): string => template("kubelet/kubelet.service");

/** kubeadm, kubelet and kubectl, and the kubelet's service, which starts as soon as kubeadm has configured it. */
export const kubelet = step({
  params: z.strictObject({}),

  probe: () => ({
    kubelet: versionOf("kubelet"),
    kubeadm: sh`kubeadm version -o short`,
    unit: contentOf(unitFile),
    enabled: sh`systemctl is-enabled kubelet`,
    resolv: sh`test -e ${resolvFile}`,
  }),

  check: (facts, _, { lab }) => {
    const wanted = releasesOf(lab.cluster.version).kubernetes;
    return [
      ...versionDifference("kubelet", facts.kubelet, wanted),
      ...versionDifference("kubeadm", facts.kubeadm, wanted),
      ...textDifference(unitFile, facts.unit, unit()),
      ...(facts.enabled.stdout.trim() === "enabled" ? [] : ["kubelet.service is not enabled"]),
      ...(facts.resolv.code === 0 ? [] : [`${resolvFile} is missing`]),
    ];
  },

  apply: async (host, _, site, facts) => {
    const wanted = releasesOf(site.lab.cluster.version).kubernetes;
    if (!isOurs(facts.unit)) await host.run(remember("kubelet", touched));
    const present = [
      versionDifference("kubelet", facts.kubelet, wanted),
      versionDifference("kubeadm", facts.kubeadm, wanted),
    ];
    if (present.flat().length > 0) await install(host, site, "kubernetes-node", "/usr/local/bin");
    await host.write({ path: unitFile, content: unit() });
    // CoreDNS forwards to the servers of this file: a loopback address in it would lead it back to itself, and with none
    // it does not start. An engine's own resolver tells in a comment where it asks; the gateway is the last resort.
    await host.run(sh`
      mkdir -p /etc/labwright /etc/kubernetes/manifests
      if [ ! -e ${resolvFile} ]; then
        {
          cat /run/systemd/resolve/resolv.conf /etc/resolv.conf 2>/dev/null | awk '$1 == "nameserver" && $2 !~ /^(127\.|::1)/ { print $2 }'
          sed -n 's/^# ExtServers: //p' /etc/resolv.conf | grep -oE '[0-9]+(\.[0-9]+){3}' | grep -v '^127\.'
          ip -4 route show default | awk '{ print $3 }'
        } | head -n 1 | sed 's/^/nameserver /' >${resolvFile}
      fi
      systemctl daemon-reload
      systemctl enable --quiet kubelet`);
  },

  undo: async (host) => {
    await host.run(sh`if [ -e ${unitFile} ]; then systemctl stop kubelet; fi`);
    await host.run(giveBack("kubernetes-node"));
    await host.run(giveBack("kubelet"));
    await host.run(sh`systemctl daemon-reload; systemctl reset-failed kubelet 2>/dev/null; true`);
  },
});
