import { dirname } from "node:path/posix";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { ApplyContext, CheckContext, Facts } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import {
  apiServerFolder,
  auditLog,
  auditPolicyFile,
  countSecrets,
  encryptionFile,
  makeDecryption,
  removeOthers,
  rewriteSecrets,
  secretCounts,
} from "../../kubernetes/api-server-files.ts";
import {
  argumentsIn,
  manifestOf,
  type PodSettings,
  podDifferences,
  releaseIn,
} from "../../kubernetes/control-plane-pod.ts";
import { askKept, otherArguments, otherFields } from "../../kubernetes/kept-configuration.ts";
import { machineProbes, markOf } from "../../kubernetes/kubeadm.ts";
import {
  clusterConfiguration,
  documentOf,
  type InitInputs,
  initConfig,
  kubeletConfiguration,
} from "../../kubernetes/kubeadm-config.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { type Program, restartProgram } from "../../kubernetes/restart-program.ts";
import type { ClusterSettings } from "../../lab/cluster-settings.ts";
import { isRecord, valueAt } from "../../lab/finding.ts";
import { isDualStack, subnetsOf } from "../../lab/ip-families.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { contentOf, textDifference } from "../../linux/files.ts";
import { step } from "../step.ts";
import { configFile, initInputs } from "./kubeadm-init.ts";

/** The configuration that is being applied; it becomes `configFile` when all runs with it. */
const attemptFile = "/etc/labwright/kubeadm-settings.yaml";

const programs = {
  // In this order: each needs the ones before it.
  etcd: { name: "etcd", phase: ["etcd", "local"], key: "cluster.etcd" },
  apiServer: { name: "kube-apiserver", phase: ["control-plane", "apiserver"], key: "cluster.apiServer" },
  controllerManager: {
    name: "kube-controller-manager",
    phase: ["control-plane", "controller-manager"],
    key: "cluster.controllerManager",
  },
  scheduler: { name: "kube-scheduler", phase: ["control-plane", "scheduler"], key: "cluster.scheduler" },
} satisfies Record<string, Program>;

const programKeys = Object.keys(programs) as (keyof typeof programs)[];

type Fact =
  | ("mark" | "config" | "attempt" | "kept" | "policy" | "encryption" | "secrets" | "cgroup" | "container")
  | keyof typeof programs;

export const controlPlaneSettings = step({
  summary:
    "Configures the API server, the controller manager, the scheduler, etcd and the kubelets as the lab file says, also in an existing cluster.",
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    mark: sh`test -e ${markOf("init")}`,
    config: contentOf(configFile),
    attempt: sh`test -e ${attemptFile}`,
    etcd: contentOf(manifestOf("etcd")),
    apiServer: contentOf(manifestOf("kube-apiserver")),
    controllerManager: contentOf(manifestOf("kube-controller-manager")),
    scheduler: contentOf(manifestOf("kube-scheduler")),
    kept: askKept,
    policy: policyOf(lab) ? contentOf(policyOf(lab)?.path ?? "") : sh`true`,
    encryption: sh`test -s ${encryptionFile}`,
    secrets: sh`[ ! -s ${encryptionFile} ] || { ${countSecrets}; }`,
    ...machineProbes,
  }),

  check: (facts, _, context) => {
    const policy = policyOf(context.lab);
    const { encryptionAtRest } = settingsOf(context.lab);
    const files = policy ? textDifference(policy.path, facts.policy, policy.content) : [];
    if (facts.mark.code !== 0) return files;
    const plain = secretCounts(facts.secrets)?.plain ?? 0;
    return [
      ...networkDifferences(facts, context),
      ...(facts.attempt.code === 0
        ? ["the last change of the control plane's settings was not finished"]
        : []),
      ...files,
      ...settingDifferences(facts, context),
      ...(encryptionAtRest && plain > 0 ? [`${plain} Secrets are in etcd in plain text`] : []),
      ...(!encryptionAtRest && facts.encryption.code === 0 ? ["Secrets are encrypted in etcd"] : []),
    ];
  },

  refuse: (facts, _, context) => {
    const [fixed] = facts.mark.code === 0 ? networkDifferences(facts, context) : [];
    return fixed === undefined ? undefined : isFixed(context.machine.name, fixed);
  },

  apply: async (host, _, context, facts) => {
    const { encryptionAtRest } = settingsOf(context.lab);
    const policy = policyOf(context.lab);
    if (policy) await host.run(sh`mkdir -p -m 700 ${apiServerFolder}`);
    if (policy) await host.write({ ...policy, mode: 0o600 });
    if (facts.mark.code !== 0) return;

    await host.run(sh`systemctl start kubelet`);
    const inputs = runningInputs(facts, context);
    if (!encryptionAtRest && facts.encryption.code === 0) {
      await host.run(makeDecryption);
      await reconfigure(host, context, facts, withDecryption(inputs));
      await writeSecrets(host, "encrypted");
    }
    await reconfigure(host, context, facts, inputs);
    if (encryptionAtRest) await writeSecrets(host, "plain");
    const kubeadm = sh`${nodeProgram("kubeadm")} init phase`;
    // The others may still run another release of Kubernetes than the cluster's configuration names.
    if (host.name === controlPlaneOf(context.lab))
      await host.run(sh`${kubeadm} upload-config all --config ${attemptFile} >/dev/null`);
    const keep = [policy?.path, encryptionAtRest ? encryptionFile : undefined].filter(
      (one) => one !== undefined,
    );
    await host.run(removeOthers(keep));
    await host.run(sh`mv ${attemptFile} ${configFile}`);
  },

  undo: async (host) => {
    await host.run(sh`
      rm -rf ${apiServerFolder} && rm -f ${attemptFile}
      rm -f ${auditLog} ${dirname(auditLog)}/audit-*.log
      rmdir ${dirname(auditLog)} ${dirname(dirname(auditLog))} 2>/dev/null; true`);
  },

  patience: { seconds: 30, for: "the cluster to keep the lab file's settings" },
});

const settingsOf = ({ cluster }: Lab): ClusterSettings => cluster.settings ?? {};

function policyOf(lab: Lab) {
  const { auditPolicy } = settingsOf(lab);
  return auditPolicy && auditPolicyFile(auditPolicy);
}

const withDecryption = (inputs: InitInputs): InitInputs => ({
  ...inputs,
  cluster: { ...inputs.cluster, isDecrypting: true },
});

/** The configuration of the cluster that runs: another release of Kubernetes is an upgrade's work. */
function runningInputs(facts: Facts<Fact>, context: CheckContext): InitInputs {
  const inputs = initInputs(facts, context);
  const release = releaseIn(facts.apiServer, programs.apiServer.name) ?? inputs.cluster.release;
  return { ...inputs, cluster: { ...inputs.cluster, release } };
}

/** Arguments that follow the lab file's networks, and that no running cluster can change. */
const networkArguments = [
  ["apiServer", "service-cluster-ip-range", "serviceSubnet"],
  ["controllerManager", "cluster-cidr", "podSubnet"],
] as const;

function networkDifferences(facts: Facts<Fact>, { lab }: CheckContext): string[] {
  const { network } = lab.cluster;
  const found = networkArguments.flatMap(([program, argument, key]) => {
    const line = argumentsIn(facts[program], programs[program].name).find((one) =>
      one.startsWith(`--${argument}=`),
    );
    const [, present] = line?.split("=") ?? [];
    return present === undefined ? [] : [{ key, present, wanted: subnetsOf(network)[key].join(",") }];
  });
  // Each family has its network.
  const other = found.find(({ present, wanted }) => present.includes(",") !== wanted.includes(","));
  if (other) {
    const [wanted, present] = isDualStack(network) ? ["IPv4, IPv6", "IPv4"] : ["IPv4", "IPv4, IPv6"];
    return [`cluster.network.ipFamilies is ${wanted}, and the cluster was made with ${present}`];
  }
  return found
    .filter(({ present, wanted }) => present !== wanted)
    .map(
      ({ key, present, wanted }) =>
        `cluster.network.${key} is ${wanted}, and the cluster was made with ${present}`,
    );
}

const isFixed = (machine: string, difference: string): LabwrightError =>
  new LabwrightError({
    code: "setting-is-fixed",
    message: `${machine}: ${difference}, which cannot be changed`,
    remedy: "Run `labwright down`, then `labwright up`; or restore the value in the lab file.",
  });

function settingDifferences(facts: Facts<Fact>, context: CheckContext): string[] {
  const inputs = runningInputs(facts, context);
  const cluster = clusterConfiguration(inputs);
  const applied = documentOf(facts.config.stdout, "ClusterConfiguration");
  const kubelet = kubeletConfiguration(inputs);
  const appliedKubelet = documentOf(facts.config.stdout, "KubeletConfiguration");
  return [
    ...programKeys.flatMap((key) => differencesOf(key, facts, cluster, applied)),
    ...otherArguments(facts.kept, cluster).map(
      (program) => `the cluster's kubeadm-config has other arguments of ${program} than the lab file`,
    ),
    ...[...new Set([...otherFields(facts.kept, kubelet), ...changed(appliedKubelet, kubelet)])].map(
      (key) => `the cluster's kubelet-config has another ${key} than the lab file`,
    ),
  ];
}

/** The keys that differ between what was applied, as far as that is known, and what is wanted. */
const changed = (applied: Record<string, unknown> | undefined, wanted: Record<string, unknown>): string[] =>
  Object.keys({ ...applied, ...wanted }).filter(
    (key) => applied && !isDeepStrictEqual(applied[key], wanted[key]),
  );

const differencesOf = (
  key: keyof typeof programs,
  facts: Facts<Fact>,
  wanted: Record<string, unknown>,
  applied: Record<string, unknown> | undefined,
): string[] =>
  podDifferences(
    programs[key].name,
    facts[key],
    podSettings(wanted, key),
    applied && podSettings(applied, key),
  );

/** A program's part of a ClusterConfiguration. */
function podSettings(cluster: Record<string, unknown>, key: keyof typeof programs): PodSettings {
  const found = valueAt(cluster, key === "etcd" ? ["etcd", "local"] : [key]);
  return isRecord(found) ? found : {};
}

async function reconfigure(host: Host, context: ApplyContext, facts: Facts<Fact>, inputs: InitInputs) {
  await host.write({ path: attemptFile, content: initConfig(inputs), mode: 0o600 });
  const wanted = clusterConfiguration(inputs);
  const applied = documentOf(facts.config.stdout, "ClusterConfiguration");
  for (const key of programKeys) {
    // While etcd restarts, the API server does not answer: only if it has to.
    const isRight = differencesOf(key, facts, wanted, applied).length === 0 && facts.attempt.code !== 0;
    if (key !== "etcd" || !isRight) await restartProgram(host, context, programs[key], attemptFile);
  }
}

/** Has all Secrets written as the API server writes them now, if some are in etcd in the other form. */
async function writeSecrets(host: Host, otherForm: "plain" | "encrypted"): Promise<void> {
  const count = async () => secretCounts(await host.run(countSecrets))?.[otherForm];
  if ((await count()) === 0) return;
  await host.run(rewriteSecrets);
  const left = await count();
  if (left === 0) return;
  throw new LabwrightError({
    code: "secrets-not-rewritten",
    message: `${host.name}: ${left} Secrets could not be written to etcd again, and are ${otherForm === "plain" ? "in plain text" : "encrypted"}`,
    remedy: "Run `labwright up` again.",
  });
}
