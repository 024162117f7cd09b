import { z } from "zod";
import { deleteNode, leaveCluster } from "../../components/node/remove-node.ts";
import { addressOf } from "../../engine/address.ts";
import { onMachine } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { Secret, sh } from "../../hosts/sh.ts";
import { ignoredPreflight, machineKind, machineProbes, runKubeadm } from "../../kubernetes/kubeadm.ts";
import { jsonOf, kubectl, kubeletConf } from "../../kubernetes/kubectl.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { step } from "../step.ts";

interface Node {
  status: {
    conditions?: { type: string; status: string }[];
    addresses?: { type: string; address: string }[];
  };
}

export const nodeJoinedManually = step({
  summary:
    "Expects a prepared machine to be a node of the lab's cluster, joined with the command that `kubeadm token create` prints.",
  params: z.strictObject({}),

  probe: (_, { lab, machine }) => ({
    kubeconfig: sh`test -e ${kubeletConf}`,
    kubelet: sh`systemctl is-active kubelet`,
    authority: sh`sha256sum </etc/kubernetes/pki/ca.crt`,
    clusterAuthority: onMachine(controlPlaneOf(lab), sh`sha256sum </etc/kubernetes/pki/ca.crt`),
    node: onMachine(controlPlaneOf(lab), kubectl(sh`get node ${machine.name} --ignore-not-found -o json`)),
    ...machineProbes,
  }),

  check: (facts, _, context) => {
    const { machine, lab } = context;
    if (facts.kubeconfig.code !== 0) return [`${machine.name} has not joined a cluster`];
    if (facts.authority.stdout !== facts.clusterAuthority.stdout)
      return [`${machine.name} has joined a cluster, but not that of ${controlPlaneOf(lab)}`];
    if (facts.node.code !== 0) return ["the API server does not answer"];
    const node = jsonOf<Node>(facts.node);
    if (!node) return [`${machine.name} has been joined, but the cluster has no node of that name`];
    const address = addressOf(context, machine.name);
    return [
      ...(facts.kubelet.stdout.trim() === "active" ? [] : [`the kubelet of ${machine.name} does not run`]),
      ...(node.status.addresses?.some((one) => one.address === address)
        ? []
        : [`the node ${machine.name} is not the machine at ${address}`]),
      ...(isReady(node) ? [] : [`the node ${machine.name} is not Ready`]),
    ];
  },

  apply: async (host, _, context, facts) => {
    const controlPlane = await context.on(controlPlaneOf(context.lab));
    await host.run(leaveCluster);
    await controlPlane.run(deleteNode(context.machine.name, addressOf(context, context.machine.name)));
    const { stdout } = await controlPlane.run(
      sh`${nodeProgram("kubeadm")} token create --print-join-command`,
    );
    const [server = "", token = "", authority = ""] = printed(stdout, controlPlane.name);
    try {
      await runKubeadm(
        host,
        context,
        sh`${nodeProgram("kubeadm")} join ${server} --token ${new Secret(token)} --discovery-token-ca-cert-hash ${authority} \
          --ignore-preflight-errors ${ignoredPreflight(machineKind(facts)).join()}`,
      );
    } finally {
      await controlPlane.run(
        sh`KUBECONFIG=/etc/kubernetes/admin.conf ${nodeProgram("kubeadm")} token delete ${token.slice(0, 6)}`,
      );
    }
  },

  places: (_, { machine }) => [{ kind: "object", name: `node/${machine.name}` }],

  undo: async (host, _, context) => {
    const controlPlane = await context.on(controlPlaneOf(context.lab));
    await controlPlane.run(deleteNode(context.machine.name, addressOf(context, context.machine.name)));
    await host.run(leaveCluster);
  },

  patience: { seconds: 60, for: "the node to be Ready" },
});

/** The words of the command that kubeadm prints: the API server's address, the token, the authority's hash. */
function printed(command: string, controlPlane: string): string[] {
  const words =
    /^kubeadm join (\S+) --token (\S+) --discovery-token-ca-cert-hash (\S+)/m.exec(command)?.slice(1) ?? [];
  if (words.length === 3) return words;
  throw new LabwrightError({
    code: "no-join-command",
    message: `${controlPlane} printed no join command`,
    remedy: "Run `kubeadm token create --print-join-command` there and read its output.",
  });
}
