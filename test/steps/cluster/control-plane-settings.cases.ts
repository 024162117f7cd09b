import { parseLab } from "../../../src/lab/load.ts";
import { writeYaml } from "../../../src/lab/yaml.ts";
import type { Answers } from "../../support/recorder.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

/** A lab whose file has these lines below `cluster:`. */
const withSettings =
  (text: string): NonNullable<StepCases["context"]> =>
  (context) => {
    const parsed = parseLab(`cluster: ${text}\n`, "lab.yaml", {
      knownPlaybooks: ["cluster", "nginx-nodeport"],
    });
    if ("problems" in parsed) throw new Error(parsed.problems[0]?.message);
    return { ...context, lab: { ...context.lab, cluster: parsed.lab.cluster } };
  };

type Arguments = Record<string, string>;

const manifest = (program: string, given: Arguments, mounts: { name: string; path: string }[] = []) =>
  said(
    writeYaml({
      spec: {
        containers: [
          {
            image: `registry.k8s.io/${program}:v1.36.3`,
            command: [program, ...Object.entries(given).map(([name, value]) => `--${name}=${value}`)],
            volumeMounts: mounts.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
          },
        ],
        volumes: mounts.map(({ name, path }) => ({ name, hostPath: { path } })),
      },
    }),
  );

const apiServer = (given: Arguments = {}, mounts: { name: string; path: string }[] = []) =>
  manifest("kube-apiserver", { "service-cluster-ip-range": "10.96.0.0/12", ...given }, mounts);

const listed = (given: Arguments) => Object.entries(given).map(([name, value]) => ({ name, value }));

const quick = { "leader-elect": "false", "kube-api-qps": "200", "kube-api-burst": "400" };

const kubelet = {
  kind: "KubeletConfiguration",
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  cgroupDriver: "systemd",
  failCgroupV1: true,
  failSwapOn: false,
  resolvConf: "/etc/labwright/resolv.conf",
  imageGCHighThresholdPercent: 100,
  nodeLeaseDurationSeconds: 10,
  evictionHard: { "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%" },
};

const kept = (own: { apiServer?: Arguments; kubelet?: Record<string, unknown> } = {}) => {
  const cluster = {
    kind: "ClusterConfiguration",
    apiServer: { extraArgs: listed(own.apiServer ?? {}) },
    controllerManager: { extraArgs: listed(quick) },
    scheduler: { extraArgs: [{ name: "leader-elect", value: "false" }] },
  };
  const map = (name: string, key: string, value: unknown) => ({
    metadata: { name },
    data: { [key]: writeYaml(value) },
  });
  return json({
    items: [
      map("kubeadm-config", "ClusterConfiguration", cluster),
      // The kubelet's defaults stand in it too.
      map("kubelet-config", "kubelet", { ...kubelet, syncFrequency: "0s", ...own.kubelet }),
    ],
  });
};

const audit = "{ auditPolicy: { rules: [{ level: Metadata }] } }";
const all = `{ apiServer: { extraArgs: [{ name: v, value: "4" }] }, scheduler: { extraVolumes: [{ name: conf, hostPath: /etc/s, mountPath: /etc/s, readOnly: true }] }, kubelet: { maxPods: 20, syncFrequency: 90s }, featureGates: { MutatingAdmissionPolicy: true }, admissionPlugins: [AlwaysPullImages] }`;

/** crictl lists no container that ended; each program has run for a minute with its manifest's arguments. */
const running = (program: string, given: string): [string, string] => [
  `pid=$(pidof -s ${program})`,
  `60\n${program}\n${given}\n`,
];

/** The programs run with their settings after they were restarted. */
const restarted: Answers = [
  running("kube-apiserver", "--v=4"),
  running("kube-controller-manager", "--leader-elect=false"),
  running("kube-scheduler", "--leader-elect=false"),
  ["cat /etc/kubernetes/manifests/kube-apiserver.yaml", manifest("kube-apiserver", { v: "4" }).stdout],
  [
    "cat /etc/kubernetes/manifests/kube-controller-manager.yaml",
    manifest("kube-controller-manager", { "leader-elect": "false" }).stdout,
  ],
  [
    "cat /etc/kubernetes/manifests/kube-scheduler.yaml",
    manifest("kube-scheduler", { "leader-elect": "false" }).stdout,
  ],
  ["readyz", "ok"],
];

export const cases: StepCases = {
  fresh: {
    context: withSettings("{ auditPolicy: { rules: [{ level: Metadata }] }, encryptionAtRest: true }"),
    differences: ["/etc/labwright/api-server/audit-policy-3c479c89.yaml is missing"],
  },
  right: {
    mark: said(""),
    config: nothing,
    attempt: nothing,
    etcd: manifest("etcd", {}),
    apiServer: apiServer(),
    controllerManager: manifest("kube-controller-manager", { ...quick, "cluster-cidr": "10.244.0.0/16" }),
    scheduler: manifest("kube-scheduler", { "leader-elect": "false" }),
    kept: kept(),
    policy: said(""),
    encryption: nothing,
    secrets: said(""),
    cgroup: said("cgroup2fs\n"),
    container: said("none\n", 1),
  },
  alsoRight: {
    "a machine without a cluster, if the lab file has no settings": { facts: { mark: nothing } },
    "all settings, a duration in other words": {
      context: withSettings(all),
      facts: {
        apiServer: apiServer({
          v: "4",
          "feature-gates": "MutatingAdmissionPolicy=true",
          "enable-admission-plugins": "NodeRestriction,AlwaysPullImages",
        }),
        controllerManager: manifest("kube-controller-manager", {
          ...quick,
          "feature-gates": "MutatingAdmissionPolicy=true",
        }),
        scheduler: manifest(
          "kube-scheduler",
          { "leader-elect": "false", "feature-gates": "MutatingAdmissionPolicy=true" },
          [{ name: "conf", path: "/etc/s" }],
        ),
        kept: nothing,
      },
    },
    "a field of the kubelet that has Go's zero value": {
      context: withSettings("{ kubelet: { readOnlyPort: 0, evictionSoft: {} } }"),
    },
    "an API server that does not answer": { facts: { kept: nothing } },
    "encrypted Secrets": {
      context: withSettings("{ encryptionAtRest: true }"),
      facts: {
        encryption: said(""),
        secrets: said("0 3\n"),
        apiServer: apiServer({ "encryption-provider-config": "/etc/labwright/api-server/encryption.yaml" }, [
          { name: "labwright-files", path: "/etc/labwright/api-server" },
        ]),
        kept: nothing,
      },
    },
  },
  wrong: {
    "a new argument, mounted file and field of the kubelet": {
      context: withSettings(
        `{ apiServer: { extraArgs: [{ name: v, value: "4" }], extraVolumes: [{ name: c, hostPath: /etc/c, mountPath: /c }] }, kubelet: { maxPods: 20 } }`,
      ),
      differences: [
        "kube-apiserver runs without --v=4",
        "kube-apiserver does not see /etc/c at /c (c)",
        "the cluster's kubeadm-config has other arguments of kube-apiserver than the lab file",
        "the cluster's kubelet-config has another maxPods than the lab file",
      ],
    },
    "settings that were taken out of the lab file": {
      facts: {
        config: said(
          `${writeYaml({
            kind: "ClusterConfiguration",
            apiServer: {
              extraArgs: listed({ v: "4" }),
              extraVolumes: [{ name: "c", hostPath: "/etc/c", mountPath: "/c" }],
            },
            controllerManager: { extraArgs: listed(quick) },
            scheduler: { extraArgs: listed({ "leader-elect": "false" }) },
          })}---\n${writeYaml({ ...kubelet, maxPods: 20 })}`,
        ),
        apiServer: apiServer({ v: "4" }),
        kept: kept({ apiServer: { v: "4" }, kubelet: { maxPods: 20 } }),
      },
      differences: [
        "kube-apiserver runs with --v=4, which the lab file does not name",
        "kube-apiserver sees /etc/c at /c (c), which the lab file does not name",
        "the cluster's kubeadm-config has other arguments of kube-apiserver than the lab file",
        "the cluster's kubelet-config has another maxPods than the lab file",
      ],
    },
    "a change that was cut short": {
      facts: { attempt: said("") },
      differences: ["the last change of the control plane's settings was not finished"],
    },
    "another audit policy": {
      context: withSettings(audit),
      facts: { policy: said("# changed by hand\n"), kept: nothing },
      differences: [
        "/etc/labwright/api-server/audit-policy-3c479c89.yaml differs from what labwright writes",
        "kube-apiserver runs without --audit-policy-file=/etc/labwright/api-server/audit-policy-3c479c89.yaml",
        "kube-apiserver runs without --audit-log-path=/var/log/kubernetes/audit/audit.log",
        "kube-apiserver runs without --audit-log-maxsize=50",
        "kube-apiserver runs without --audit-log-maxbackup=2",
        "kube-apiserver does not see /etc/labwright/api-server at /etc/labwright/api-server (labwright-files, read-only)",
        "kube-apiserver does not see /var/log/kubernetes/audit at /var/log/kubernetes/audit (labwright-audit-log)",
      ],
    },
    "Secrets in plain text": {
      context: withSettings("{ encryptionAtRest: true }"),
      facts: {
        encryption: said(""),
        secrets: said("2 1\n"),
        apiServer: apiServer({ "encryption-provider-config": "/etc/labwright/api-server/encryption.yaml" }, [
          { name: "labwright-files", path: "/etc/labwright/api-server" },
        ]),
        kept: nothing,
      },
      differences: ["2 Secrets are in etcd in plain text"],
    },
    "encryption that was taken out of the lab file": {
      facts: { encryption: said(""), secrets: said("0 3\n") },
      differences: ["Secrets are encrypted in etcd"],
    },
    "a manifest that a person broke": {
      facts: { scheduler: said("spec: [\n") },
      differences: ["/etc/kubernetes/manifests/kube-scheduler.yaml is missing, or cannot be read"],
    },
    "another network": {
      context: withSettings("{ network: { serviceSubnet: 10.97.0.0/16 } }"),
      differences: [
        "cluster.network.serviceSubnet is 10.97.0.0/16, and the cluster was made with 10.96.0.0/12",
      ],
    },
  },
  apply: {
    "a fresh machine": {
      context: withSettings("{ auditPolicy: { rules: [{ level: Metadata }] }, encryptionAtRest: true }"),
    },
    "another argument": {
      on: "a right machine",
      context: withSettings(`{ apiServer: { extraArgs: [{ name: v, value: "4" }] } }`),
      answers: [...restarted],
    },
    "encryption that was taken out of the lab file": {
      on: "a right machine",
      facts: { encryption: said("") },
      answers: [...restarted, ["/registry/secrets/", "2 0\n"]],
    },
  },
  refuse: {
    "another family of addresses": {
      context: withSettings("{ network: { ipFamilies: [IPv4, IPv6] } }"),
      error:
        /cp: cluster[.]network[.]ipFamilies is IPv4, IPv6, and the cluster was made with IPv4, which cannot be changed/,
    },
    "another network": {
      context: withSettings("{ network: { podSubnet: 10.245.0.0/16 } }"),
      error:
        /cp: cluster[.]network[.]podSubnet is 10[.]245[.]0[.]0\/16, and the cluster was made with 10[.]244[.]0[.]0\/16, which cannot be changed/,
    },
  },
  undo: { "a right machine": {} },
};
