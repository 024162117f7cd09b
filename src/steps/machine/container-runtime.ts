import { z } from "zod";
import { networkContents } from "../../components/network/networks.ts";
import { madeByContainerd } from "../../components/runtime/containerd/contents.ts";
import type { CheckContext } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { nodeFolder, nodeProgram } from "../../kubernetes/node-programs.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { contentOf, inactive, isOurs, serviceState, textDifference } from "../../linux/files.ts";
import { install, versionDifference, versionOf } from "../../linux/programs.ts";
import { template } from "../../template.ts";
import { crictlRange, releaseRanges, releasesOf } from "../../versions.ts";
import { step } from "../step.ts";

const configFile = "/etc/containerd/config.toml";
const unitFile = "/etc/systemd/system/containerd.service";
const crictlFile = "/etc/crictl.yaml";
/** What containerd asks for every registry without a separate file: containerd's docs/hosts.md. */
const mirrorFile = "/etc/containerd/certs.d/_default/hosts.toml";
const wantsFile = "/etc/systemd/system/multi-user.target.wants/containerd.service";
const cniFolder = "/opt/cni/bin";
/** What another runtime of the machine keeps there stays whole while ours works, and is put back by `undo`. */
const touched = {
  services: ["docker.socket", "docker.service", "containerd.service"],
  files: [configFile, unitFile, crictlFile, mirrorFile, wantsFile],
  folders: {
    ...madeByContainerd,
    ...networkContents("configuration", "programs"),
  },
  freshFolders: { "/opt/containerd": [] },
};
const cniPlugins = ["bridge", "host-local", "loopback", "portmap"];

/** CAP_SYS_RESOURCE is bit 24; without it a runtime cannot lower oom_score_adj (capabilities(7)). */
const mayLowerOomScore = (capBnd: string): boolean =>
  ((BigInt(`0x${capBnd.trim() || "0"}`) >> 24n) & 1n) === 1n;

function config(facts: Record<"cgroup" | "capabilities", Output>, { lab }: CheckContext): string {
  return template("container-runtime/config.toml", {
    sandbox: `registry.k8s.io/pause:${releasesOf(lab.cluster.version).pause}`,
    systemdCgroup: facts.cgroup.stdout.trim() === "cgroup2fs",
    restrictOomScoreAdj: !mayLowerOomScore(facts.capabilities.stdout),
  });
}

const unit = (): string => template("container-runtime/containerd.service");
const crictl = (): string => template("container-runtime/crictl.yaml");

const mirrorText = (mirror: string): string => template("container-runtime/hosts.toml", { mirror });

function mirrorDifference(fact: Output, mirror: string | undefined): string[] {
  if (mirror !== undefined) return textDifference(mirrorFile, fact, mirrorText(mirror));
  return fact.code === 0 ? [`${mirrorFile} names a mirror that the lab file does not`] : [];
}

export const containerRuntime = step({
  summary:
    "Installs containerd with its CNI plugins and crictl, and configures its cgroup driver, sandbox image and mirror.",
  params: z.strictObject({}),

  probe: () => ({
    version: versionOf(nodeProgram("containerd")),
    crictlVersion: versionOf(nodeProgram("crictl")),
    cni: sh`cd ${cniFolder} && ls`,
    config: contentOf(configFile),
    unit: contentOf(unitFile),
    crictl: contentOf(crictlFile),
    mirror: contentOf(mirrorFile),
    state: serviceState("containerd"),
    cgroup: sh`stat -fc %T /sys/fs/cgroup`,
    capabilities: sh`awk '/^CapBnd/ { print $2 }' /proc/1/status`,
  }),

  check: (facts, _, checkContext) => [
    ...versionDifference("containerd", facts.version, releaseRanges.containerd),
    ...versionDifference("crictl", facts.crictlVersion, crictlRange(checkContext.lab.cluster.version)),
    ...cniPlugins
      .filter((name) => !facts.cni.stdout.split("\n").includes(name))
      .map((name) => `the CNI plugin ${name} is missing`),
    ...textDifference(configFile, facts.config, config(facts, checkContext)),
    ...textDifference(unitFile, facts.unit, unit()),
    ...textDifference(crictlFile, facts.crictl, crictl()),
    ...mirrorDifference(facts.mirror, checkContext.lab.mirrors.images),
    ...inactive("containerd", facts.state),
  ],

  apply: async (host, _, applyContext, facts) => {
    if (!isOurs(facts.unit)) await host.run(backUp("container-runtime", touched));
    if (versionDifference("containerd", facts.version, releaseRanges.containerd).length > 0) {
      await install(host, applyContext, "containerd", nodeFolder);
    }
    if (
      versionDifference("crictl", facts.crictlVersion, crictlRange(applyContext.lab.cluster.version)).length >
      0
    ) {
      await install(host, applyContext, "crictl", nodeFolder);
    }
    if (cniPlugins.some((name) => !facts.cni.stdout.includes(name)))
      await install(host, applyContext, "cni-plugins", cniFolder);
    await host.write({ path: configFile, content: config(facts, applyContext) });
    await host.write({ path: unitFile, content: unit() });
    await host.write({ path: crictlFile, content: crictl() });
    const mirror = applyContext.lab.mirrors.images;
    if (mirror === undefined) await host.run(sh`rm -f ${mirrorFile}`);
    else await host.write({ path: mirrorFile, content: mirrorText(mirror) });
    await host.run(sh`
      systemctl daemon-reload
      systemctl enable --quiet containerd
      systemctl restart containerd`);
  },

  undo: async (host, _, applyContext) => {
    // Shims outlive the runtime that started them, and what they hold mounted cannot be removed.
    await host.run(sh`
      if [ -e ${unitFile} ]; then
        systemctl kill --signal=KILL containerd 2>/dev/null
        systemctl stop containerd
        awk '$2 ~ "^(/run/containerd|/var/lib/containerd)/" { print $2 }' /proc/mounts | sort -r | xargs -r umount --lazy
        rm -rf --one-file-system /run/containerd
      fi
      true`);
    for (const owner of ["cni-plugins", "crictl", "containerd", "container-runtime"])
      await restore(host, applyContext, owner);
    await host.run(sh`systemctl daemon-reload; systemctl reset-failed containerd 2>/dev/null; true`);
  },

  patience: { seconds: 20, for: "containerd to answer" },
});
