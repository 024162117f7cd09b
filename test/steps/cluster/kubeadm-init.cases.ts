import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

/** A server with systemd, as `stat` and `systemd-detect-virt` name it; a container's facts are the other pair. */
const server = { cgroup: said("cgroup2fs\n"), container: said("none\n", 1) };
const container = { cgroup: said("tmpfs\n"), container: said("docker\n") };

export const cases: StepCases = {
  fresh: { facts: server, differences: ["the control plane has not been initialised"] },
  right: { mark: said(""), foreign: nothing, ready: said("ok"), ...server },
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
    "an API server that is down": {
      on: "a right machine",
      facts: { ready: nothing },
      notes: ["the API server is not ready: starting the runtime and the kubelet"],
    },
    "somebody else's cluster": {
      facts: { ...server, foreign: said("") },
      throws: /cp already has a Kubernetes cluster that labwright did not create/,
    },
  },
  undo: { "a right machine": {} },
};
