import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const nodes = (...names: string[]) => json({ items: names.map((name) => ({ metadata: { name } })) });

const member = (id: string, name: string, address: string) =>
  `${id}, started, ${name}, https://${address}:2380, https://${address}:2379, false\n`;

export const cases: StepCases = {
  fresh: { differences: ["the API server does not answer"] },
  right: { nodes: nodes("cp", "w1"), members: said(member("aa", "cp", "10.89.0.10")) },
  alsoRight: {
    "a member that has not started yet": { facts: { members: said(member("aa", "", "10.89.0.10")) } },
    "an etcd that does not run": { facts: { members: nothing } },
    "a machine that has not joined yet": { facts: { nodes: nodes("cp") } },
  },
  wrong: {
    "nodes of machines that were taken out of the lab file": {
      facts: { nodes: nodes("cp", "w8", "w1", "w9") },
      differences: ["the node w8 is not a machine of the lab", "the node w9 is not a machine of the lab"],
    },
    "other members of etcd, one of a worker": {
      facts: {
        members: said(
          member("aa", "cp", "10.89.0.10") +
            member("bb", "cp9", "10.89.0.9") +
            member("cc", "", "10.89.0.11"),
        ),
      },
      differences: [
        "etcd's member cp9 at https://10.89.0.9:2380 is not a control plane of the lab",
        "etcd's member  at https://10.89.0.11:2380 is not a control plane of the lab",
      ],
    },
    "an API server that does not answer": {
      facts: { nodes: nothing },
      differences: ["the API server does not answer"],
    },
  },
  apply: {
    "a node of a machine that was taken out": {
      on: "a right machine",
      facts: { nodes: nodes("cp", "w1", "w9") },
    },
    "a control plane that was taken out": {
      on: "a right machine",
      facts: {
        nodes: nodes("cp", "cp9", "w1"),
        members: said(member("aa", "cp", "10.89.0.10") + member("bb", "cp9", "10.89.0.9")),
      },
    },
    "an API server that does not answer": {},
  },
};
