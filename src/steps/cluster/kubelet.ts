import { z } from "zod";
import { networkContents, ofNetworks } from "../../components/network/networks.ts";
import { besidesPods, madeByKubeadm, madeByKubelet } from "../../components/node/contents.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import type { CheckContext, Facts } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { kubeletConf } from "../../kubernetes/kubectl.ts";
import { kubeletUnit } from "../../kubernetes/kubelet.ts";
import { nodeFolder, nodeProgram } from "../../kubernetes/node-programs.ts";
import { kubernetesNode } from "../../kubernetes/program-sets.ts";
import { isControlled } from "../../lab/cloud.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { contentOf, isOurs, textDifference } from "../../linux/files.ts";
import { askServers, podServers, serverDifferences } from "../../linux/name-servers.ts";
import { install, versionDifference, versionOf } from "../../linux/programs.ts";
import { template } from "../../template.ts";
import { releasesOf } from "../../versions.ts";
import { step } from "../step.ts";

export const resolvFile = "/etc/labwright/resolv.conf";

/** What the kubelet and its pods leave behind, besides the paths in its unit. */
const touched = {
  services: ["kubelet.service"],
  files: [kubeletUnit, resolvFile, "/etc/systemd/system/multi-user.target.wants/kubelet.service"],
  folders: {
    ...madeByKubeadm,
    ...madeByKubelet,
    ...networkContents("state"),
  },
  mounts: ofNetworks(({ mounts }) => mounts),
  freshFolders: besidesPods,
};

const unit = (context: CheckContext, facts: Facts<"instance">): string =>
  template("kubelet/kubelet.service", {
    runtimeUnit: runtimeOf(context.lab.cluster).unit,
    cloudArguments: cloudArguments(context, facts),
  });

const external = "--cloud-provider=external";

/**
 * If the cloud's controller initialises the node, it finds the server by the provider's identifier, as the node
 * has the machine's name. They are in this file, so that a person who joins the machine need not know them.
 * https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/explanation/provider-id.md
 */
const cloudArguments = ({ lab }: CheckContext, { instance }: Facts<"instance">): string =>
  isControlled(lab) ? ` ${external} --provider-id=hcloud://${instance.stdout.trim()}` : "";

/** A node's kubelet and kubectl are `kubeadm-upgrade`'s to replace, which drains the node and needs the new kubeadm. */
const isUpgraded = (facts: Facts<"joined" | "kubelet">): boolean =>
  facts.joined.code === 0 && facts.kubelet.code === 0;

function programDifferences(facts: Facts<"joined" | "kubelet" | "kubeadm">, { lab }: CheckContext): string[] {
  const wanted = releasesOf(lab.cluster.version).kubernetes;
  return [
    ...(isUpgraded(facts) ? [] : versionDifference("kubelet", facts.kubelet, wanted)),
    ...versionDifference("kubeadm", facts.kubeadm, wanted),
  ];
}

export const kubelet = step({
  summary: "Installs kubeadm, kubelet and kubectl, and the kubelet's service.",
  params: z.strictObject({}),

  probe: () => ({
    kubelet: versionOf(nodeProgram("kubelet")),
    kubeadm: sh`${nodeProgram("kubeadm")} version -o short`,
    unit: contentOf(kubeletUnit),
    enabled: sh`systemctl is-enabled kubelet`,
    resolv: contentOf(resolvFile),
    dns: askServers(resolvFile),
    joined: sh`test -e ${kubeletConf}`,
    // cloud-init's identifier of the machine; in Hetzner Cloud that is the server's number.
    instance: sh`cat /var/lib/cloud/data/instance-id`,
  }),

  check: (facts, _, context) => {
    return [
      ...programDifferences(facts, context),
      ...textDifference(kubeletUnit, facts.unit, unit(context, facts)),
      ...(facts.enabled.stdout.trim() === "enabled" ? [] : ["kubelet.service is not enabled"]),
      ...serverDifferences(resolvFile, facts.resolv, facts.dns),
    ];
  },

  apply: async (host, _, context, facts) => {
    const isExternal = facts.unit.stdout.includes(external);
    const server = facts.instance.stdout.trim();
    if (facts.joined.code === 0 && isOurs(facts.unit) && isExternal !== isControlled(context.lab))
      throw tooLate(host.name, isExternal);
    if (isControlled(context.lab) && !/^\d+$/.test(server)) throw noServerNumber(host.name, server);
    if (!isOurs(facts.unit)) await host.run(backUp("kubelet", touched));
    if (programDifferences(facts, context).length > 0)
      await install(host, context, kubernetesNode, nodeFolder, isUpgraded(facts) ? ["kubeadm"] : undefined);
    await host.write({ path: kubeletUnit, content: unit(context, facts) });
    // CoreDNS forwards to the servers of this file: a loopback address would lead back to itself, and without a server
    // it does not start.
    const servers = serverDifferences(resolvFile, facts.resolv, facts.dns).length > 0;
    await host.run(sh`
      mkdir -p /etc/labwright /etc/kubernetes/manifests
      ${servers ? sh`{ ${podServers()}; } | sed 's/^/nameserver /' >${resolvFile}` : sh`true`}
      systemctl daemon-reload
      systemctl enable --quiet kubelet`);
  },

  undo: async (host, _, context) => {
    await host.run(sh`if [ -e ${kubeletUnit} ]; then systemctl stop kubelet; fi`);
    await restore(host, context, kubernetesNode.name);
    await restore(host, context, "kubelet");
    await host.run(sh`systemctl daemon-reload; systemctl reset-failed kubelet 2>/dev/null; true`);
  },
});

/** The controller treats nodes with an unknown identifier as gone, and deletes them. */
const tooLate = (machine: string, isExternal: boolean): LabwrightError =>
  new LabwrightError({
    code: "controller-too-late",
    message: `cannot change cloud.controller: ${machine} is already a node ${isExternal ? "with" : "without"} the cloud's controller`,
    remedy: `Run \`labwright down\`, then \`labwright up\`; or ${isExternal ? "write controller: true" : "take controller out"} in the lab file`,
  });

const noServerNumber = (machine: string, printed: string): LabwrightError =>
  new LabwrightError({
    code: "server-number-unknown",
    message: `cloud-init on ${machine} does not report the server's number: ${printed || "it printed nothing"}`,
    remedy: "Use an image with cloud-init, or delete cloud.controller from the lab file.",
  });
