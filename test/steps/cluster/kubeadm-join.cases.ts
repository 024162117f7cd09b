import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const nodes = (...names: string[]) => json({ items: names.map((name) => ({ metadata: { name } })) });
const invitation =
  "abcdef.0123456789abcdef\napiVersion: v1\nclusters:\n- cluster:\n    server: https://10.89.0.10:6443\n";
const member = (id: string, name: string, address: string) =>
  `${id}, started, ${name}, https://${address}:2380, https://${address}:2379, false\n`;
const server = { cgroup: said("cgroup2fs\n"), container: said("none\n", 1) };

export const cases: StepCases = {
  machine: "w1",
  fresh: { differences: ["the machine has not joined the cluster"] },
  right: {
    mark: said(""),
    authority: said("aa  -\n"),
    clusterAuthority: said("aa  -\n"),
    nodes: nodes("cp", "w1"),
    ...server,
  },
  alsoRight: {
    "an API server that does not answer says nothing about the node": { facts: { nodes: nothing } },
  },
  wrong: {
    "an attempt that was cut short": {
      facts: { mark: nothing },
      differences: ["the machine has not joined the cluster"],
    },
    "a control plane that was created again": {
      facts: { clusterAuthority: said("bb  -\n") },
      differences: ["the machine has joined another cluster than the one that there is now"],
    },
    "a node that was deleted": {
      facts: { nodes: nodes("cp", "w11") },
      differences: ["cp has no node w1"],
    },
  },
  apply: {
    "a fresh server": { facts: server, answers: [["token create", invitation]] },
    "a container on cgroup v1, whose node is there from an earlier machine": {
      facts: { cgroup: said("tmpfs\n"), container: said("docker\n") },
      answers: [
        ["token create", invitation],
        ["get node w1", `${member("aa", "cp", "10.89.0.10")}node/w1\n`],
      ],
    },
    "a machine that was a control plane": {
      facts: server,
      answers: [
        ["token create", invitation],
        ["get node w1", `${member("aa", "cp", "10.89.0.10")}${member("bb", "w1", "10.89.0.11")}node/w1\n`],
      ],
    },
    "kubeadm fails": {
      facts: server,
      answers: [
        ["token create", invitation],
        ["kubeadm join", said("", 1)],
      ],
      throws: /w1: 1/,
    },
    "a control plane that makes no token": { throws: /cp created no token for joining/ },
  },
  undo: { "a right machine": {} },
};
