import { z } from "zod";
import { clearHalfDone } from "../../components/node/unmake.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { addressOf } from "../../engine/address.ts";
import type { CheckContext, Facts } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { markOf } from "../../kubernetes/kubeadm.ts";
import { type InitInputs, initConfig } from "../../kubernetes/kubeadm-config.ts";
import { adminConf, ask, kubectl } from "../../kubernetes/kubectl.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { template } from "../../template.ts";
import { releasesOf } from "../../versions.ts";
import { step } from "../step.ts";
import { resolvFile } from "./kubelet.ts";

export const configFile = "/etc/labwright/kubeadm-init.yaml";
/** kubeadm applies these files as patches, each named after its target. */
export const patches = "/etc/labwright/patches";

/** `kubeadm upgrade` writes the same objects again, and needs the same patches. */
export const writePatches = (host: Host): Promise<void> =>
  host.write({
    path: `${patches}/corednsdeployment.yaml`,
    content: template("kubeadm-init/corednsdeployment.yaml", {}),
  });

const mark = markOf("init");

/** What kubeadm is told of this machine and its cluster. */
export function initInputs(facts: Facts<"cgroup" | "container">, context: CheckContext): InitInputs {
  const { lab, machine } = context;
  const { podSubnet, serviceSubnet } = lab.cluster.network;
  return {
    cluster: {
      name: lab.name,
      release: releasesOf(lab.cluster.version).kubernetes,
      podSubnet,
      serviceSubnet,
      certSANs: ["127.0.0.1", "localhost", ...reachName(context)],
      hasWorkers: hasWorkers(context),
      settings: lab.cluster.settings ?? {},
    },
    node: {
      name: machine.name,
      address: addressOf(context, machine.name),
      socket: runtimeOf(lab.cluster).socket,
      resolvConf: resolvFile,
      legacy: facts.cgroup.stdout.trim() !== "cgroup2fs",
      container: facts.container.stdout.trim() !== "none",
    },
    patches,
  };
}

const hasWorkers = ({ lab }: CheckContext): boolean => lab.machines.some(({ role }) => role === "worker");

const reachName = (context: CheckContext): string[] =>
  context.reach(context.machine.name, 6443)?.split(":").slice(0, 1) ?? [];

export const kubeadmInit = step({
  summary: "Creates the control plane with `kubeadm init`; clears away a half-finished attempt first.",
  params: z.strictObject({}),

  probe: () => ({
    mark: sh`test -e ${mark}`,
    foreign: sh`test -e ${adminConf} && test ! -e ${configFile}`,
    ready: ask(sh`get --raw /readyz`),
    cgroup: sh`stat -fc %T /sys/fs/cgroup`,
    container: sh`systemd-detect-virt --container`,
  }),

  check: (facts) => {
    if (facts.mark.code !== 0) return ["the control plane has not been initialised"];
    return facts.ready.stdout.trim() === "ok" ? [] : ["the API server is not ready"];
  },

  apply: async (host, _, context, facts) => {
    if (facts.foreign.code === 0) throw foreignCluster(host.name);
    if (facts.mark.code === 0) {
      context.note("the API server is not ready: starting the runtime and the kubelet");
      await host.run(sh`systemctl start ${runtimeOf(context.lab.cluster).unit} kubelet`);
      return;
    }
    await host.run(clearHalfDone(configFile));
    await writePatches(host);
    await host.write({ path: configFile, content: initConfig(initInputs(facts, context)), mode: 0o600 });
    // For the same reason load balancers send traffic to this node, which kubeadm's label prevents.
    const label = "node.kubernetes.io/exclude-from-external-load-balancers-";
    const alone = hasWorkers(context) ? sh`true` : kubectl(sh`label node ${host.name} ${label}`);
    await host.run(
      sh`${nodeProgram("kubeadm")} init --config ${configFile} --skip-token-print && ${alone} && touch ${mark}`,
      {
        onLine: (line) => /^\[[a-z-]+\]/.test(line) && context.note(line),
      },
    );
  },

  undo: async (host) => {
    await host.run(clearHalfDone(configFile));
    await host.run(sh`
      # What was applied into the cluster from files there goes with it.
      rm -f ${[configFile, mark]} /etc/labwright/*.yaml
      rm -rf ${patches}`);
  },

  patience: { seconds: 120, for: "the API server to be ready" },
});

const foreignCluster = (machine: string): LabwrightError =>
  new LabwrightError({
    code: "foreign-cluster",
    message: `${machine} already has a Kubernetes cluster that labwright did not create`,
    remedy: "Use another machine, or remove the cluster with `kubeadm reset`.",
  });
