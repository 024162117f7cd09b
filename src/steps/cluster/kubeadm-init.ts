import { z } from "zod";
import { attemptFiles, isMember, joinNode, nodeInputs } from "../../components/node/join.ts";
import { clearHalfDone } from "../../components/node/unmake.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import {
  type ApplyContext,
  type CheckContext,
  type Facts,
  onMachine,
  type Probes,
} from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { apiAddressOf } from "../../kubernetes/api-address.ts";
import { configFileOf, machineProbes, markOf, runKubeadm } from "../../kubernetes/kubeadm.ts";
import { type InitInputs, initConfig } from "../../kubernetes/kubeadm-config.ts";
import { adminConf, ask, kubectl } from "../../kubernetes/kubectl.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { entranceNames } from "../../lab/entrance.ts";
import { subnetsOf } from "../../lab/ip-families.ts";
import { apiPort } from "../../lab/ports.ts";
import { hasEndpoint, hasWorkers, otherControlPlanes, servesApi } from "../../lab/roles.ts";
import { template } from "../../template.ts";
import { releasesOf } from "../../versions.ts";
import { step } from "../step.ts";
import { resolvFile } from "./kubelet.ts";

export const configFile = configFileOf("init");
/** kubeadm applies these files as patches, each named after its target. */
export const patches = "/etc/labwright/patches";

/** `kubeadm upgrade` writes the same objects again, and needs the same patches. */
export const writePatches = (host: Host): Promise<void> =>
  host.write({
    path: `${patches}/corednsdeployment.yaml`,
    content: template("kubeadm-init/corednsdeployment.yaml", {}),
  });

const mark = markOf("init");
const authority = sh`sha256sum </etc/kubernetes/pki/ca.crt`;

const readiness = ask(sh`get --raw /readyz`);

type Own = "mark" | "foreign" | "ready" | "authority" | keyof typeof machineProbes;
/** Of each other control plane: the authority of its cluster, if it is part of one, and whether its API server is ready. */
type Others = `authority.${string}` | `ready.${string}`;

/** Where the cluster's machines reach the API server. */
const endpointOf = (context: CheckContext): string => `${apiAddressOf(context)}:${apiPort}`;

/** Where this computer reaches the API server: control planes that join have the same names in their certificate. */
const reachNames = ({ lab, reach }: CheckContext): string[] => [
  ...new Set(lab.machines.filter(servesApi).flatMap(({ name }) => reach(name, apiPort)?.split(":")[0] ?? [])),
];

/** kubeadm's inputs for this machine and its cluster. */
export function initInputs(facts: Facts<"cgroup" | "container">, context: CheckContext): InitInputs {
  const { lab } = context;
  const { podSubnet, serviceSubnet } = subnetsOf(lab.cluster.network);
  return {
    cluster: {
      name: lab.name,
      release: releasesOf(lab.cluster.version).kubernetes,
      podSubnet: podSubnet.join(","),
      serviceSubnet: serviceSubnet.join(","),
      certSANs: ["127.0.0.1", "localhost", ...new Set([...reachNames(context), ...entranceNames(lab)])],
      hasWorkers: hasWorkers(lab),
      settings: lab.cluster.settings ?? {},
      ...(hasEndpoint(lab) && { endpoint: endpointOf(context) }),
    },
    node: {
      ...nodeInputs(facts, context),
      resolvConf: resolvFile,
      gates: runtimeOf(lab.cluster).kubeletGates?.(lab.cluster.version) ?? {},
    },
    patches,
  };
}

/** The other control planes that are part of a cluster. */
const membersOf = (facts: Facts<Others>, context: CheckContext) =>
  otherControlPlanes(context.lab, context.machine.name).flatMap((name) => {
    const { code, stdout = "" } = facts[`authority.${name}`] ?? {};
    return code === 0
      ? [{ name, authority: stdout, isReady: facts[`ready.${name}`]?.stdout.trim() === "ok" }]
      : [];
  });

export const kubeadmInit = step({
  summary:
    "Makes a machine a control plane: joins those that the lab has, or creates the first one with `kubeadm init`; clears away a half-finished attempt first.",
  params: z.strictObject({}),

  probe: (_, context): Probes<Own | Others> => ({
    mark: sh`test -e ${mark}`,
    foreign: sh`test -e ${adminConf} && test ! -e ${configFile} && test ! -e ${configFileOf("join")}`,
    ready: readiness,
    authority,
    ...machineProbes,
    ...Object.fromEntries(
      otherControlPlanes(context.lab, context.machine.name).flatMap((name) => [
        [`authority.${name}`, onMachine(name, sh`test -e ${mark} && ${authority}`)],
        [`ready.${name}`, onMachine(name, readiness)],
      ]),
    ),
  }),

  check: (facts, _, context) => {
    if (facts.mark.code !== 0) return ["the control plane has not been initialised"];
    const [other] = membersOf(facts, context).filter((one) => one.authority !== facts.authority.stdout);
    return [
      ...(other ? [`the machine has another cluster than ${other.name}`] : []),
      ...(facts.ready.stdout.trim() === "ok" ? [] : ["the API server is not ready"]),
    ];
  },

  apply: async (host, _, context, facts) => {
    if (facts.foreign.code === 0) throw foreignCluster(host.name);
    const members = membersOf(facts, context);
    const member = members.find(({ isReady }) => isReady);
    if (facts.mark.code === 0) {
      const [other] = members.filter((one) => one.authority !== facts.authority.stdout);
      if (other) throw otherCluster(host.name, other.name);
      const via = member && (await context.on(member.name));
      if (via && !(await isMember(via, context))) return joinAsControlPlane(host, via, context, facts);
      context.note("the API server is not ready: starting the runtime and the kubelet");
      await host.run(sh`systemctl start ${runtimeOf(context.lab.cluster).unit} kubelet`);
      return;
    }
    if (member) await joinAsControlPlane(host, await context.on(member.name), context, facts);
    else if (members.length > 0) throw noneReady(host.name, members);
    else await initialise(host, context, initConfig(initInputs(facts, context)));
  },

  undo: async (host) => {
    await host.run(clearHalfDone);
    await host.run(sh`
      # What was applied into the cluster from files there goes with it.
      rm -f ${[...attemptFiles, mark]} /etc/labwright/*.yaml
      rm -rf ${patches}`);
  },

  patience: { seconds: 120, for: "the API server to be ready" },
});

/** Joins with the files that all control planes have: the settings of later runs are compared with them. */
async function joinAsControlPlane(
  host: Host,
  via: Host,
  context: ApplyContext,
  facts: Facts<"cgroup" | "container">,
): Promise<void> {
  await joinNode(host, via, context, facts);
  await writePatches(host);
  await host.write({ path: configFile, content: initConfig(initInputs(facts, context)), mode: 0o600 });
}

async function initialise(host: Host, context: ApplyContext, content: string): Promise<void> {
  await host.run(clearHalfDone);
  await writePatches(host);
  await host.write({ path: configFile, content, mode: 0o600 });
  // Without workers, load balancers have to send traffic to this node, which kubeadm's label prevents.
  const label = "node.kubernetes.io/exclude-from-external-load-balancers-";
  const alone = hasWorkers(context.lab) ? sh`true` : kubectl(sh`label node ${host.name} ${label}`);
  await runKubeadm(
    host,
    context,
    sh`${nodeProgram("kubeadm")} init --config ${configFile} --skip-token-print && ${alone} && touch ${mark}`,
  );
}

const foreignCluster = (machine: string): LabwrightError =>
  new LabwrightError({
    code: "foreign-cluster",
    message: `${machine} already has a Kubernetes cluster that labwright did not create`,
    remedy: "Use another machine, or remove the cluster with `kubeadm reset`.",
  });

const otherCluster = (machine: string, other: string): LabwrightError =>
  new LabwrightError({
    code: "two-clusters",
    message: `${machine} and ${other} are control planes of two clusters`,
    remedy: `Run \`labwright up --recreate ${machine}\` to give up what is in the cluster of ${machine}.`,
  });

/** A second cluster would be made beside theirs. */
const noneReady = (machine: string, members: readonly { name: string }[]): LabwrightError =>
  new LabwrightError({
    code: "no-control-plane-ready",
    message: `${machine} cannot join the cluster: the API server of ${members.map(({ name }) => name).join(", ")} is not ready`,
    remedy:
      "Run `labwright up` again; if it fails again, log in there with `labwright ssh` and look at `crictl ps -a`.",
  });
