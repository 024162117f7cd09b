import { z } from "zod";
import { networkOf, systemNamespaces } from "../../components/network/networks.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { type CheckContext, type Facts, onMachine, type Probes } from "../../engine/step.ts";
import { lines, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import {
  answerDifferences,
  type Question,
  type Truth,
  withAnswers,
} from "../../kubernetes/architecture-tour/answers.ts";
import {
  componentQuestions,
  componentTruth,
  traceQuestions,
  traceTruth,
} from "../../kubernetes/architecture-tour/truth.ts";
import { etcdctl } from "../../kubernetes/etcd.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import type { Lab } from "../../lab/types.ts";
import { step } from "../step.ts";

const params = z.strictObject({
  file: z.string().describe("The answer sheet, a YAML file on the control plane."),
  part: z.enum(["components", "trace"]).describe("Which questions the sheet answers."),
  namespace: z.string().describe("The namespace with the traced pod, the one pod of a Deployment."),
});

type Params = z.infer<typeof params>;

const questionsOf = ({ part }: Params): Question[] =>
  part === "components" ? componentQuestions : traceQuestions;

const podLines =
  'jsonpath={range .items[*]}{.metadata.labels.component}{.metadata.labels.k8s-app} {.metadata.ownerReferences[0].kind} {.spec.nodeName}{"\\n"}{end}';

/** Machines that may have become nodes: all except those for people and applications. */
const machinesOf = ({ machines }: Lab): string[] =>
  machines.filter(({ role }) => !["jump-host", "app-server"].includes(role)).map(({ name }) => name);

function truthOf(facts: Facts, { part }: Params, { lab }: CheckContext): Truth | undefined {
  const fact = (name: string): Output => facts[name] ?? { code: 1, stdout: "", stderr: "" };
  if (part === "components") {
    const { agent = "" } = networkOf(lab.cluster);
    const [pods, nodes, units] = [fact("pods"), fact("nodes"), fact("units")];
    return pods.code === 0 && nodes.code === 0 ? componentTruth({ pods, nodes, units }, agent) : undefined;
  }
  const each = (kind: string) =>
    new Map(machinesOf(lab).map((machine) => [machine, fact(`${kind} ${machine}`)]));
  return traceTruth({
    pods: fact("pods"),
    events: fact("events"),
    keys: fact("keys"),
    sandboxes: each("sandboxes"),
    routes: each("routes"),
  });
}

export const architectureTour = step({
  summary:
    "Compares an answer sheet about the cluster's components, or about how a pod came to be, with the cluster.",
  params,
  example: { file: "/root/tour/components.yaml", part: "components", namespace: "architecture-tour" },

  probe: ({ file, part, namespace }, { lab }): Probes => {
    const sheet = sh`cat ${file}`;
    if (part === "components") {
      return {
        sheet,
        pods: lines(
          systemNamespaces(lab.cluster).map((one) => kubectl(sh`-n ${one} get pods -o ${podLines}`)),
        ),
        nodes: kubectl(sh`get nodes -o ${'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}'}`),
        units: sh`
          systemctl is-active --quiet kubelet && echo kubelet
          systemctl is-active --quiet ${runtimeOf(lab.cluster).unit} && echo container-runtime`,
      };
    }
    const machines = machinesOf(lab).flatMap((machine) => [
      [
        `sandboxes ${machine}`,
        onMachine(
          machine,
          sh`${nodeProgram("crictl")} pods --namespace ${`^${namespace}$`} --state ready -o json`,
        ),
      ],
      [`routes ${machine}`, onMachine(machine, sh`ip -j -4 route`)],
    ]);
    return {
      sheet,
      pods: kubectl(sh`-n ${namespace} get pods -o json`),
      events: kubectl(sh`-n ${namespace} get events -o json`),
      keys: etcdctl(sh`get ${`/registry/pods/${namespace}/`} --prefix --keys-only`),
      ...Object.fromEntries(machines),
    };
  },

  check: (facts: Facts, given, context) => {
    const { sheet } = facts;
    if (sheet?.code !== 0) return [`${given.file} is missing`];
    const truth = truthOf(facts, given, context);
    if (!truth)
      return [
        given.part === "trace" ? `no pod runs in ${given.namespace}` : "the API server does not answer",
      ];
    return answerDifferences(sheet.stdout, questionsOf(given), truth);
  },

  apply: async (host, given, context, facts: Facts) => {
    const truth = truthOf(facts, given, context);
    const sheet = facts.sheet?.stdout ?? "";
    if (truth)
      await host.write({
        path: given.file,
        content: withAnswers(sheet, questionsOf(given), truth),
        mode: 0o600,
      });
  },
});
