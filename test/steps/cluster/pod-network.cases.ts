import type { CheckContext } from "../../../src/engine/step.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { said, withLab } from "../../support/steps.ts";

const withPlugin =
  (plugin: "calico" | "none") =>
  (context: CheckContext): CheckContext => {
    const { cluster } = context.lab;
    return withLab({ cluster: { ...cluster, network: { ...cluster.network, plugin } } })(context);
  };
const heading =
  '# Written by labwright: Calico 3.31.0 {"podSubnet":"10.244.0.0/16","typha":true,"apiServer":"10.89.0.10"} adaptation 7\n';
const notApplied = ["Calico has not been applied with the lab's settings"];

export const cases: StepCases = {
  context: withPlugin("calico"),
  fresh: { facts: { others: said("") }, differences: notApplied },
  right: {
    heading: said(heading),
    wanted: said("2\n"),
    present: said("serviceaccount/calico-node\ndaemonset.apps/calico-node\n"),
    others: said(""),
  },
  alsoRight: { "a lab without a pod network": { context: withPlugin("none") } },
  wrong: {
    "other settings": {
      facts: { heading: said(heading.replace("true", "false")) },
      differences: notApplied,
    },
    "an earlier adaptation": {
      facts: { heading: said(heading.replace("adaptation 7", "adaptation 6")) },
      differences: notApplied,
    },
    "an object that somebody deleted": {
      facts: { present: said("serviceaccount/calico-node\n") },
      differences: ["1 of Calico's objects are missing"],
    },
    "a network that the lab file does not name": {
      context: withPlugin("none"),
      facts: { others: said("calico\n") },
      differences: ["Calico 3.31.0 is installed, and the lab file names the plugin none"],
    },
  },
  apply: {
    "a lab without a pod network": { context: withPlugin("none"), facts: { others: said("") } },
    "a network that the lab file does not name": {
      context: withPlugin("none"),
      facts: { others: said("calico\n") },
    },
    "a network whose policies people have written": {
      context: withPlugin("none"),
      facts: { others: said("calico\n") },
      answers: [['get "$kind"', "globalnetworkpolicy.crd.projectcalico.org/deny\n"]],
      throws: /objects that its removal would delete: globalnetworkpolicy.crd.projectcalico.org\/deny/,
    },
  },
  undo: { "a right cluster": {} },
};
