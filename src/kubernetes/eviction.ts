import { LabwrightError } from "../errors.ts";
import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { agree, listed } from "../wording.ts";
import { jsonOf, kubectl, type List } from "./kubectl.ts";

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** A pod or a PodDisruptionBudget. */
interface Evicted {
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; controller?: boolean }[];
  };
  spec?: { nodeName?: string; selector?: Selector };
  status?: {
    phase?: string;
    disruptionsAllowed?: number;
    desiredHealthy?: number;
    expectedPods?: number;
  };
}

/** Asks for all pods and PodDisruptionBudgets. */
export const askEvictions: Command = kubectl(sh`get pods,poddisruptionbudgets --all-namespaces -o json`);

/**
 * Why nodes cannot be drained, with each of them and what to mend there; undefined if they can, or if the API server did not
 * answer `askEvictions`.
 */
export function drainRefusal(nodes: readonly string[], fact: Output): LabwrightError | undefined {
  const all = jsonOf<List<Evicted>>(fact)?.items ?? [];
  const refused = nodes
    .map((node) => ({ node, words: obstaclesOn(node, all) }))
    .filter(({ words }) => words.length > 0);
  if (refused.length === 0) return undefined;
  return new LabwrightError({
    code: "eviction-forbidden",
    message: refused.map(({ node, words }) => `cannot drain ${node}: ${words.join("; ")}`).join("\n"),
    remedy:
      "Delete pods without a controller, or create them with a Deployment; add a replica, or let the budget allow one disruption. Then run the command again.",
  });
}

/** What would make `kubectl drain` fail for ever, in words. */
function obstaclesOn(node: string, all: readonly Evicted[]): string[] {
  const pods = all.filter((one) => one.kind === "Pod" && one.spec?.nodeName === node && isEvicted(one));
  const bare = pods.filter((pod) => controllerOf(pod) === undefined).map(nameOf);
  const budgets = all
    .filter(({ kind, status }) => kind === "PodDisruptionBudget" && isNever(status))
    .filter(({ metadata, spec }) =>
      pods.some(
        (pod) =>
          pod.metadata.namespace === metadata.namespace && selects(spec?.selector, pod.metadata.labels ?? {}),
      ),
    )
    .map(nameOf);
  return [
    ...(bare.length === 0
      ? []
      : [
          `the ${agree(bare.length, "pod", "pods")} ${listed(bare)} ${agree(bare.length, "belongs", "belong")} to no controller and would be lost`,
        ]),
    ...(budgets.length === 0
      ? []
      : [
          `the ${agree(budgets.length, "PodDisruptionBudget", "PodDisruptionBudgets")} ${listed(budgets)} never ${agree(budgets.length, "allows", "allow")} an eviction`,
        ]),
  ];
}

const nameOf = ({ metadata: { namespace, name } }: Evicted): string => `${namespace}/${name}`;

const controllerOf = ({ metadata }: Evicted): string | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller)?.kind;

/** A drain leaves alone what the node's own manifests and DaemonSets run, and deletes pods that have ended. */
const isEvicted = (pod: Evicted): boolean =>
  !["Succeeded", "Failed"].includes(pod.status?.phase ?? "") &&
  pod.metadata.annotations?.["kubernetes.io/config.mirror"] === undefined &&
  controllerOf(pod) !== "DaemonSet";

/**
 * Whether a budget demands as many healthy pods as there are. One that waits for a pod to become healthy does not.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
const isNever = ({ disruptionsAllowed, desiredHealthy = 0, expectedPods = 0 }: Evicted["status"] = {}) =>
  disruptionsAllowed === 0 && expectedPods > 0 && desiredHealthy >= expectedPods;

function selects(selector: Selector | undefined, labels: Record<string, string>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    selector !== undefined &&
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === "In" ? isIn : !isIn;
    })
  );
}
