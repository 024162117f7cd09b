import { addressOf } from "../../engine/address.ts";
import type { ApplyContext, CheckContext, Facts } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { askMembers, isMemberOn, membersIn, removeMember } from "../../kubernetes/etcd-members.ts";
import { configFileOf, kubeadmAsAdmin, machineKind, markOf, runKubeadm } from "../../kubernetes/kubeadm.ts";
import { joinConfig, type NodeInputs, phaseConfig, secretLines } from "../../kubernetes/kubeadm-config.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { addressesOf } from "../../lab/ip-families.ts";
import { hasWorkers, isControlPlane } from "../../lab/roles.ts";
import { runtimeOf } from "../runtime/runtimes.ts";
import { clearHalfDone } from "./unmake.ts";

const discoveryFile = "/etc/labwright/discovery.yaml";
const uploadFile = "/etc/labwright/kubeadm-upload.yaml";

/** The machine of a task for kubeadm. */
export const nodeInputs = (facts: Facts<"cgroup" | "container">, context: CheckContext): NodeInputs => ({
  name: context.machine.name,
  address: addressOf(context, context.machine.name),
  addresses: addressesOf(context.lab, addressOf(context, context.machine.name)),
  socket: runtimeOf(context.lab.cluster).socket,
  ...machineKind(facts),
});

/** The files of an attempt that `kubeadm init` or `kubeadm join` works with. */
export const attemptFiles = [configFileOf("init"), configFileOf("join"), discoveryFile];

/**
 * Joins the task's machine, with what an earlier attempt left cleared, to the cluster of the control plane `via`, as its role
 * in the lab says. What the cluster has of an earlier machine of that name or address goes first: a member of etcd that is
 * gone counts for the majority, and kubeadm refuses a name that looks ready.
 */
export async function joinNode(
  host: Host,
  via: Host,
  context: ApplyContext,
  facts: Facts<"cgroup" | "container">,
): Promise<void> {
  const { lab, machine } = context;
  const role = isControlPlane(machine) ? "init" : "join";
  const configFile = configFileOf("join");
  await forget(via, context);
  await host.run(clearHalfDone);
  const certificateKey = role === "init" ? await uploadCertificates(via, lab.cluster.version) : undefined;
  const { token, discovery } = await invitation(via);
  try {
    await host.write({ path: discoveryFile, content: discovery, mode: 0o600 });
    const content = joinConfig({
      node: nodeInputs(facts, context),
      ...{ discoveryFile, token },
      ...(certificateKey !== undefined && { controlPlane: { certificateKey, hasWorkers: hasWorkers(lab) } }),
    });
    await host.write({ path: configFile, content, mode: 0o600 });
    await runKubeadm(
      host,
      context,
      sh`${nodeProgram("kubeadm")} join --config ${configFile} && touch ${markOf(role)}`,
    );
  } finally {
    await host.run(
      sh`rm -f ${discoveryFile} && { [ ! -e ${configFile} ] || sed -i ${`/${secretLines}/d`} ${configFile}; }`,
    );
    const secret = `bootstrap-token-${token.slice(0, 6)}`;
    await via.run(sh`
      ${certificateKey === undefined ? sh`true` : withdrawCertificates}
      ${kubectl(sh`-n kube-system delete --ignore-not-found secret ${secret}`)}`);
  }
}

/** Deletes the node of the machine's name, and removes its member of etcd; nothing if there are none. */
async function forget(via: Host, { machine, addresses }: ApplyContext): Promise<void> {
  const { name } = machine;
  const members = isControlPlane(machine) ? askMembers : sh`true`;
  const answer = await via.run(sh`${members} && ${kubectl(sh`get node ${name} --ignore-not-found -o name`)}`);
  for (const member of membersIn(answer))
    if (isMemberOn(member, name, addresses.get(name))) await via.run(removeMember(member));
  if (answer.stdout.split("\n").includes(`node/${name}`))
    await via.run(kubectl(sh`delete node ${name} --ignore-not-found --wait=true`));
}

/** Whether etcd has a member for the task's machine: one that was removed never becomes ready again. */
export async function isMember(via: Host, { machine, addresses }: ApplyContext): Promise<boolean> {
  const members = membersIn(await via.run(askMembers));
  return members.some((member) => isMemberOn(member, machine.name, addresses.get(machine.name)));
}

/**
 * Control planes share the cluster's authorities: kubeadm keeps them in a Secret, encrypted with a key that it prints.
 * Returns the key.
 */
async function uploadCertificates(via: Host, version: string): Promise<string> {
  await via.write({ path: uploadFile, content: phaseConfig(version) });
  const { stdout } = await via.run(sh`
    { ${kubeadmAsAdmin(sh`init phase upload-certs --upload-certs --config ${uploadFile}`)}; }
    code=$?
    rm -f ${uploadFile}
    [ "$code" = 0 ]`);
  const key = /^[0-9a-f]{64}$/m.exec(stdout)?.[0];
  if (key !== undefined) return key;
  throw new LabwrightError({
    code: "no-certificate-key",
    message: `kubeadm on ${via.name} printed no key for the certificates of control planes`,
    remedy: "Run `kubeadm init phase upload-certs --upload-certs` there and read its output.",
  });
}

/** The Secret belongs to a token, with which kubeadm would delete it after two hours. */
const withdrawCertificates: Command = sh`
  owner=$(${kubectl(sh`-n kube-system get secret kubeadm-certs --ignore-not-found -o ${"jsonpath={.metadata.ownerReferences[0].name}"}`)})
  ${kubectl(sh`-n kube-system delete --ignore-not-found secret kubeadm-certs $owner`)}`;

/** A fresh token, and the cluster's address and authority as the cluster itself publishes them. */
async function invitation(controlPlane: Host): Promise<{ token: string; discovery: string }> {
  const { stdout } = await controlPlane.run(sh`
    { ${kubeadmAsAdmin(sh`token create --ttl 10m --usages authentication`)}; } &&
    ${kubectl(sh`-n kube-public get configmap cluster-info -o ${"jsonpath={.data.kubeconfig}"}`)}`);
  const [, token, discovery] = /^([a-z0-9]{6}\.[a-z0-9]{16})\n([\s\S]+)$/m.exec(stdout) ?? [];
  if (token !== undefined && discovery !== undefined) return { token, discovery };
  throw new LabwrightError({
    code: "no-join-token",
    message: `${controlPlane.name} created no token for joining`,
    remedy: "Look at `kubeadm token list` on the control plane, then run `labwright up` again.",
  });
}
