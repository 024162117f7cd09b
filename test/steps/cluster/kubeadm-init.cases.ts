import type { CheckContext } from "../../../src/engine/step.ts";
import type { Machine } from "../../../src/lab/types.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

/** A server with systemd, as `stat` and `systemd-detect-virt` name it; a container's facts are the other pair. */
const server = { cgroup: said("cgroup2fs\n"), container: said("none\n", 1) };
const container = { cgroup: said("tmpfs\n"), container: said("docker\n") };

const machine = (name: string, role: string): Machine => ({ name, role, user: "root", sudo: "none" });

const dualStack = (context: CheckContext): CheckContext => {
  const { cluster } = context.lab;
  const network = { ...cluster.network, ipFamilies: ["IPv4", "IPv6"] as const };
  return { ...context, lab: { ...context.lab, cluster: { ...cluster, network } } };
};

/** The lab with three control planes, which an address moves between. */
const moving = (context: CheckContext): CheckContext => {
  const { lab, ...rest } = balanced(context);
  const machines = lab.machines.filter(({ role }) => role !== "load-balancer");
  const cluster = { ...lab.cluster, controlPlaneEndpoint: "auto" };
  return { ...rest, lab: { ...lab, machines, cluster } };
};

/** The lab with three control planes cp, cp2 and cp3 behind the load balancer lb. */
const balanced = (context: CheckContext): CheckContext => {
  const more = [
    machine("cp2", "control-plane"),
    machine("cp3", "control-plane"),
    machine("lb", "load-balancer"),
  ];
  const addresses = new Map([
    ...context.addresses,
    ...more.map(({ name }, at) => [name, `10.89.0.${20 + at}`] as const),
  ]);
  return { ...context, addresses, lab: { ...context.lab, machines: [...context.lab.machines, ...more] } };
};

const invitation =
  "abcdef.0123456789abcdef\napiVersion: v1\nclusters:\n- cluster:\n    server: https://10.89.0.22:6443\n";
const member = (id: string, name: string, address: string) =>
  `${id}, started, ${name}, https://${address}:2380, https://${address}:2379, false\n`;

const alone = {
  "authority.cp2": nothing,
  "ready.cp2": nothing,
  "authority.cp3": nothing,
  "ready.cp3": nothing,
};
const others = {
  "authority.cp2": said("aa  -\n"),
  "ready.cp2": nothing,
  "authority.cp3": said("aa  -\n"),
  "ready.cp3": said("ok"),
};

export const cases: StepCases = {
  fresh: { facts: server, differences: ["the control plane has not been initialised"] },
  right: {
    mark: said(""),
    foreign: nothing,
    ready: said("ok"),
    authority: said("aa  -\n"),
    ...server,
  },
  alsoRight: {
    "one of three control planes, of which one does not answer": {
      context: balanced,
      facts: { ...others },
    },
  },
  wrong: {
    "an attempt that was cut short": {
      facts: { mark: nothing },
      differences: ["the control plane has not been initialised"],
    },
    "an API server that does not answer": {
      facts: { ready: nothing },
      differences: ["the API server is not ready"],
    },
    "an API server that starts": {
      facts: { ready: said("[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n", 1) },
      differences: ["the API server is not ready"],
    },
    "a control plane of another cluster": {
      context: balanced,
      facts: { ...others, "authority.cp3": said("bb  -\n") },
      differences: ["the machine has another cluster than cp3"],
    },
  },
  apply: {
    "a fresh server": {
      facts: server,
      answers: [
        [
          "kubeadm init",
          "[init] Using Kubernetes version: v1.36.3\n\tit takes a while\nsee [init] above\n[kubelet-start] Starting\n",
        ],
      ],
      notes: ["[init] Using Kubernetes version: v1.36.3", "[kubelet-start] Starting"],
    },
    "a fresh container on cgroup v1, which this computer reaches": {
      facts: container,
      context: (context) => ({ ...context, reach: (_, port) => `192.0.2.7:${port}` }),
    },
    "a lab without workers": {
      facts: server,
      context: (context) => ({
        ...context,
        lab: { ...context.lab, machines: [context.machine] },
      }),
    },
    "a dual-stack cluster": { facts: server, context: dualStack },
    "the first of three control planes that an address moves between": {
      facts: { ...server, ...alone },
      context: moving,
    },
    "the first of three control planes": { facts: { ...server, ...alone }, context: balanced },
    "a machine that takes the place of a control plane": {
      facts: { ...server, ...others },
      context: balanced,
      answers: [
        ["upload-certs", `[upload-certs] Using certificate key:\n${"0a".repeat(32)}\n`],
        ["token create", invitation],
        [
          "get node cp",
          `${member("aa", "cp", "10.89.0.10")}${member("bb", "cp2", "10.89.0.20")}${member("cc", "", "10.89.0.10")}node/cp\n`,
        ],
      ],
    },
    "kubeadm prints no key for the certificates": {
      facts: { ...server, ...others },
      context: balanced,
      throws: /kubeadm on cp3 printed no key for the certificates of control planes/,
    },
    "control planes of which none is ready": {
      facts: { ...server, ...others, "ready.cp3": nothing },
      context: balanced,
      throws: /cp cannot join the cluster: the API server of cp2, cp3 is not ready/,
    },
    "an API server that is down": {
      on: "a right machine",
      facts: { ready: nothing },
      notes: ["the API server is not ready: starting the runtime and the kubelet"],
    },
    "a control plane whose member was removed from etcd": {
      on: "a right machine",
      facts: { ...others, ready: nothing },
      context: balanced,
      answers: [
        ["upload-certs", `[upload-certs] Using certificate key:\n${"0a".repeat(32)}\n`],
        ["token create", invitation],
        ["member list", member("bb", "cp2", "10.89.0.20")],
      ],
    },
    "a control plane of another cluster": {
      on: "a right machine",
      facts: { ...others, "authority.cp3": said("bb  -\n") },
      context: balanced,
      throws: /cp and cp3 are control planes of two clusters/,
    },
    "somebody else's cluster": {
      facts: { ...server, foreign: said("") },
      throws: /cp already has a Kubernetes cluster that labwright did not create/,
    },
  },
  undo: { "a right machine": {} },
};
