import { z } from "zod";
import { clearHalfDone } from "../../components/node/unmake.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { addressOf } from "../../engine/address.ts";
import { type CheckContext, type Facts, onMachine } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { ignoredPreflight, markOf } from "../../kubernetes/kubeadm.ts";
import { askNodes, kubectl, nodeNamesIn } from "../../kubernetes/kubectl.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { template } from "../../template.ts";
import { step } from "../step.ts";

const configFile = "/etc/labwright/kubeadm-join.yaml";
const discoveryFile = "/etc/labwright/discovery.yaml";
const authority = "/etc/kubernetes/pki/ca.crt";
const mark = markOf("join");

export const kubeadmJoin = step({
  summary: "Joins a worker to the lab's control plane, with a token that is deleted afterwards.",
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    mark: sh`test -e ${mark}`,
    authority: sh`sha256sum <${authority}`,
    clusterAuthority: onMachine(controlPlaneOf(lab), sh`sha256sum <${authority}`),
    nodes: onMachine(controlPlaneOf(lab), askNodes),
    cgroup: sh`stat -fc %T /sys/fs/cgroup`,
    container: sh`systemd-detect-virt --container`,
  }),

  check: (facts, _, { lab, machine }) => {
    if (facts.mark.code !== 0) return ["the machine has not joined the cluster"];
    if (facts.authority.stdout !== facts.clusterAuthority.stdout) {
      return ["the machine has joined another cluster than the one that there is now"];
    }
    const isKnown = nodeNamesIn(facts.nodes)?.includes(machine.name) ?? true;
    return !isKnown ? [`${controlPlaneOf(lab)} has no node ${machine.name}`] : [];
  },

  apply: async (host, _, context, facts) => {
    const controlPlane = await context.on(controlPlaneOf(context.lab));
    await host.run(clearHalfDone(configFile));
    // A node of this name is left from an earlier machine; while it looks ready, kubeadm refuses another.
    if (nodeNamesIn(facts.nodes)?.includes(context.machine.name)) {
      await controlPlane.run(kubectl(sh`delete node ${context.machine.name} --ignore-not-found --wait=true`));
    }
    const { token, discovery } = await invitation(controlPlane);
    try {
      await host.write({ path: discoveryFile, content: discovery, mode: 0o600 });
      await host.write({ path: configFile, content: config(facts, context, token), mode: 0o600 });
      await host.run(sh`${nodeProgram("kubeadm")} join --config ${configFile} && touch ${mark}`, {
        onLine: (line) => /^\[[a-z-]+\]/.test(line) && context.note(line),
      });
    } finally {
      await controlPlane.run(
        sh`KUBECONFIG=/etc/kubernetes/admin.conf ${nodeProgram("kubeadm")} token delete ${token.slice(0, 6)}`,
      );
      await host.run(
        sh`rm -f ${discoveryFile} && { [ ! -e ${configFile} ] || sed -i /tlsBootstrapToken/d ${configFile}; }`,
      );
    }
  },

  undo: async (host) => {
    await host.run(clearHalfDone(configFile));
    await host.run(sh`
      rm -f ${[configFile, discoveryFile, mark]}`);
  },

  patience: { seconds: 30, for: "the node to appear in the cluster" },
});

/** A fresh token, and the cluster's address and authority as the cluster itself publishes them. */
async function invitation(controlPlane: Host): Promise<{ token: string; discovery: string }> {
  const { stdout } = await controlPlane.run(sh`
    export KUBECONFIG=/etc/kubernetes/admin.conf
    ${nodeProgram("kubeadm")} token create --ttl 10m --usages authentication &&
    ${nodeProgram("kubectl")} -n kube-public get configmap cluster-info -o ${"jsonpath={.data.kubeconfig}"}`);
  const [, token, discovery] = /^([a-z0-9]{6}\.[a-z0-9]{16})\n([\s\S]+)$/m.exec(stdout) ?? [];
  if (token !== undefined && discovery !== undefined) return { token, discovery };
  throw new LabwrightError({
    code: "no-join-token",
    message: `${controlPlane.name} created no token for joining`,
    remedy: "Look at `kubeadm token list` on the control plane, then run `labwright up` again.",
  });
}

function config(facts: Facts<"cgroup" | "container">, context: CheckContext, token: string): string {
  const legacy = facts.cgroup.stdout.trim() !== "cgroup2fs";
  const container = facts.container.stdout.trim() !== "none";
  return template("kubeadm-join/kubeadm.yaml", {
    discoveryFile,
    token,
    node: context.machine.name,
    socket: runtimeOf(context.lab.cluster).socket,
    address: addressOf(context, context.machine.name),
    ignored: JSON.stringify(ignoredPreflight({ legacy, container })),
  });
}
