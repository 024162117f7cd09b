import type { ContainerRuntime, RuntimeNode } from "../../../src/components/runtime/container-runtime.ts";
import { runtime as crio } from "../../../src/components/runtime/cri-o/runtime.ts";
import { runtime as docker } from "../../../src/components/runtime/docker/runtime.ts";
import type { CheckContext } from "../../../src/engine/step.ts";
import { template } from "../../../src/template.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { checkContextOf, nothing, said, withLab } from "../../support/steps.ts";

const config = (values: { systemdCgroup: boolean; restrictOomScoreAdj: boolean }) =>
  said(
    template("container-runtime/containerd/config.toml", {
      sandbox: "registry.k8s.io/pause:3.10.2",
      ...values,
    }),
  );

const mirror = "http://10.89.0.1:5000";
const mirrorFile = said(
  `# Written by labwright: the mirror that the lab file names.\n[host."${mirror}"]\ncapabilities = ["pull", "resolve"]\n`,
);

/** A machine with cgroup v2 and every capability, as systemd on a server sees them. */
const own = {
  cgroup: said("cgroup2fs\n"),
  capabilities: said("000001ffffffffff\n"),
  fileSystem: said("overlayfs\n"),
};

const withCrio = (context: CheckContext): CheckContext =>
  withLab({ cluster: { ...context.lab.cluster, runtime: "cri-o" } })(context);

const osRelease = said("ID=debian\nVERSION_CODENAME=bookworm\n");

const withDocker = (context: CheckContext): CheckContext =>
  withLab({ cluster: { ...context.lab.cluster, runtime: "docker" } })(context);

/** The files of a runtime as a machine has them, with cgroup v2 and every capability unless it says otherwise. */
const filesOf = (
  runtime: ContainerRuntime,
  node = { systemdCgroup: true, lowersOomScore: true, onBtrfs: false },
) => {
  const { lab } = checkContextOf("cp");
  return Object.fromEntries(
    Object.entries(runtime.files).map(([name, { text }]) => {
      const content = text(lab, node);
      return [name, content === undefined ? nothing : said(content)];
    }),
  );
};

const crioFiles = (node?: RuntimeNode) => filesOf(crio, node);

const rightDocker = {
  ...filesOf(docker),
  version: said("cri-dockerd 0.3.17 (HEAD)\n"),
  helpers: said("dockerd\ndocker\n"),
  release: osRelease,
};

const rightCrio = {
  ...crioFiles(),
  version: said("crio version 1.36.1\nGitCommit:      unknown\nGoVersion:      go1.26.8\n"),
  helpers: said("conmon\n"),
  release: osRelease,
};

const right = {
  others: nothing,
  version: said(
    "containerd github.com/containerd/containerd/v2 v2.4.2 github.com/containerd/containerd/v2@v2.4.2\n",
  ),
  crictlVersion: said("crictl version v1.36.0\n"),
  cni: said("bridge\ncalico\ncalico-ipam\nhost-local\nloopback\nportmap\n"),
  config: config({ systemdCgroup: true, restrictOomScoreAdj: false }),
  unit: said(template("container-runtime/containerd/containerd.service")),
  crictl: said(template("container-runtime/crictl.yaml", { socket: "/run/containerd/containerd.sock" })),
  mirror: nothing,
  joined: nothing,
  endpoint: nothing,
  state: said("active\n"),
  running: said("cgroup driver:   SYSTEMD\n"),
  ...own,
};

export const cases: StepCases = {
  fresh: {
    facts: { ...own, state: said("inactive\n", 3) },
    differences: [
      "containerd is not installed",
      "crictl is not installed",
      "the CNI plugin bridge is missing",
      "the CNI plugin host-local is missing",
      "the CNI plugin loopback is missing",
      "the CNI plugin portmap is missing",
      "/etc/containerd/config.toml is missing",
      "/etc/systemd/system/containerd.service is missing",
      "/etc/crictl.yaml is missing",
      "containerd is inactive, not active",
    ],
  },
  right,
  alsoRight: {
    "in a container on cgroup v1, whose capabilities are fewer": {
      facts: {
        cgroup: said("tmpfs\n"),
        running: said("cgroup driver:   CGROUPFS\n"),
        capabilities: said("000001fffeffffff\n"),
        config: config({ systemdCgroup: false, restrictOomScoreAdj: true }),
      },
    },
    "CRI-O, where the lab file names it": { context: withCrio, facts: rightCrio },
    "CRI-O in a container on cgroup v1, whose capabilities are fewer": {
      context: withCrio,
      facts: {
        ...rightCrio,
        ...crioFiles({ systemdCgroup: false, lowersOomScore: false, onBtrfs: false }),
        cgroup: said("tmpfs\n"),
        running: nothing,
        capabilities: said("000001fffeffffff\n"),
      },
    },
    "a host that is taken over, whose kubelet is still its owner's": {
      facts: { joined: nothing, endpoint: said("unix:///run/crio/crio.sock\n") },
    },
    "a node that was joined by hand, whose socket kubeadm found": {
      facts: { joined: said(""), endpoint: said("unix:///var/run/containerd/containerd.sock\n") },
    },
    "Docker, where the lab file names it": { context: withDocker, facts: rightDocker },
    "Docker in a container on cgroup v1, whose capabilities are fewer": {
      context: withDocker,
      facts: {
        ...rightDocker,
        ...filesOf(docker, { systemdCgroup: false, lowersOomScore: false, onBtrfs: false }),
        cgroup: said("tmpfs\n"),
        running: said("cgroup driver:   CGROUPFS\n"),
        capabilities: said("000001fffeffffff\n"),
      },
    },
    "the mirror that the lab file names": {
      context: withLab({ mirrors: { images: mirror } }),
      facts: { mirror: mirrorFile },
    },
  },
  wrong: {
    "Debian's containerd": {
      facts: {
        version: said("containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3\n"),
      },
      differences: ["containerd is 1.6.20, not >=2.2.0 <2.5.0"],
    },
    "a runtime that has not read its configuration": {
      facts: { running: said("cgroup driver:   CGROUPFS\n") },
      differences: ["containerd runs with the cgroup driver cgroupfs, not systemd"],
    },
    "a crictl of two minors before": {
      facts: { crictlVersion: said("crictl version v1.34.0\n") },
      differences: ["crictl is 1.34.0, not >=1.35.0 <1.38.0"],
    },
    "a CNI plugin whose name only begins alike": {
      facts: { cni: said("bridge\nhost-local\nloopback\nportmap-old\n") },
      differences: ["the CNI plugin portmap is missing"],
    },
    "a cgroup driver that is not the machine's": {
      facts: { config: config({ systemdCgroup: false, restrictOomScoreAdj: false }) },
      differences: ["/etc/containerd/config.toml differs from what labwright writes"],
    },
    "a unit and a crictl.yaml of somebody else": {
      facts: { unit: said("[Unit]\n"), crictl: said("timeout: 2\n") },
      differences: [
        "/etc/systemd/system/containerd.service differs from what labwright writes",
        "/etc/crictl.yaml differs from what labwright writes",
      ],
    },
    "a mirror that the lab file names no more": {
      facts: { mirror: mirrorFile },
      differences: ["/etc/containerd/certs.d/_default/hosts.toml names a mirror that the lab file does not"],
    },
    "a mirror that is not written yet": {
      context: withLab({ mirrors: { images: mirror } }),
      differences: ["/etc/containerd/certs.d/_default/hosts.toml is missing"],
    },
    "another container runtime of ours": {
      facts: { others: said("/etc/systemd/system/crio.service\n") },
      differences: ["CRI-O is the machine's container runtime"],
    },
    "a kubelet that still uses the former runtime, because a change was cut short": {
      facts: { joined: said(""), endpoint: said("unix:///run/crio/crio.sock\n") },
      differences: ["the kubelet uses unix:///run/crio/crio.sock"],
    },
    "a CRI-O without its monitor, of two minors before, with another cgroup driver": {
      context: withCrio,
      facts: {
        ...rightCrio,
        version: said("crio version 1.34.2\n"),
        helpers: nothing,
        config: crioFiles({ systemdCgroup: false, lowersOomScore: true, onBtrfs: false }).config ?? nothing,
      },
      differences: [
        "CRI-O is 1.34.2, not >=1.35.0 <1.38.0",
        "conmon is not installed",
        "/etc/crio/crio.conf differs from what labwright writes",
      ],
    },
    "a Docker engine that is not installed, another cri-dockerd, and an engine with its own settings": {
      context: withDocker,
      facts: {
        ...rightDocker,
        version: said("cri-dockerd 0.3.16 (HEAD)\n"),
        helpers: nothing,
        engine: nothing,
        config:
          filesOf(docker, { systemdCgroup: false, lowersOomScore: true, onBtrfs: false }).config ?? nothing,
      },
      differences: [
        "cri-dockerd is 0.3.16, not 0.3.17",
        "dockerd is not installed",
        "docker is not installed",
        "/etc/docker/labwright.json differs from what labwright writes",
        "/etc/systemd/system/docker.service.d/zz-labwright.conf is missing",
      ],
    },
    "a containerd that failed": {
      facts: { state: said("failed\n", 3) },
      differences: ["containerd is failed, not active"],
    },
  },
  apply: {
    "a fresh machine": { facts: own, answers: [["uname -m", "x86_64\ndebian\nbookworm\n"]] },
    "a stopped containerd of ours": { on: "a right machine", facts: { state: said("inactive\n", 3) } },
    "a machine that lacks one CNI plugin": {
      on: "a right machine",
      facts: { cni: said("bridge\nhost-local\nloopback\n") },
      answers: [["uname -m", "aarch64\ndebian\nbookworm\n"]],
    },
    "a fresh machine with CRI-O": {
      context: withCrio,
      facts: { ...own, helpers: said("conmon\n"), release: osRelease },
      answers: [["uname -m", "x86_64\ndebian\nbookworm\n"]],
    },
    "a fresh machine with Docker": {
      context: withDocker,
      facts: { ...own, release: osRelease },
      answers: [["uname -m", "x86_64\ndebian\nbookworm\n"]],
    },
    "another container runtime than the lab file names by now, on a node": {
      on: "a right machine",
      context: withCrio,
      facts: {
        ...rightCrio,
        others: said("/etc/systemd/system/containerd.service\n"),
        joined: said(""),
        endpoint: said("unix:///run/containerd/containerd.sock\n"),
      },
      answers: [
        ["uname -m", "x86_64\ndebian\nbookworm\n"],
        ["command -v", "conmon\n"],
      ],
    },
    "a mirror": { on: "a right machine", context: withLab({ mirrors: { images: mirror } }) },
  },
  undo: { "a right machine": {} },
};
