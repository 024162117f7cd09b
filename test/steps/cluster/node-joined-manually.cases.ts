import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const node = (ready: string, address = "10.89.0.12") =>
  json({
    status: {
      conditions: [
        { type: "MemoryPressure", status: "False" },
        { type: "Ready", status: ready },
      ],
      addresses: [
        { type: "InternalIP", address },
        { type: "Hostname", address: "spare" },
      ],
    },
  });
const command =
  "kubeadm join 10.89.0.10:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:1f2e \n";

export const cases: StepCases = {
  machine: "spare",
  fresh: { differences: ["spare has not joined a cluster"] },
  right: {
    kubeconfig: said(""),
    kubelet: said("active\n"),
    authority: said("aa  -\n"),
    clusterAuthority: said("aa  -\n"),
    node: node("True"),
    cgroup: said("tmpfs\n"),
    container: said("docker\n"),
  },
  wrong: {
    "another cluster's node": {
      facts: { authority: said("bb  -\n") },
      differences: ["spare has joined a cluster, but not that of cp"],
    },
    "an API server that does not answer": {
      facts: { node: nothing },
      differences: ["the API server does not answer"],
    },
    "a node that was deleted": {
      facts: { node: said("") },
      differences: ["spare has been joined, but the cluster has no node of that name"],
    },
    "a kubelet that is stopped, a node of another address": {
      facts: { kubelet: said("inactive\n", 3), node: node("Unknown", "10.89.0.77") },
      differences: [
        "the kubelet of spare does not run",
        "the node spare is not the machine at 10.89.0.12",
        "the node spare is not Ready",
      ],
    },
  },
  apply: {
    "a fresh server": {
      facts: { cgroup: said("cgroup2fs\n"), container: said("none\n", 1) },
      answers: [["token create", command]],
    },
    "a container on cgroup v1": { on: "a right machine", answers: [["token create", command]] },
    "kubeadm fails": {
      on: "a right machine",
      answers: [
        ["token create", command],
        ["kubeadm join", said("", 1)],
      ],
      throws: /spare: 1/,
    },
    "a control plane that prints no command": { throws: /cp printed no join command/ },
  },
  undo: { "a right machine": {} },
};
