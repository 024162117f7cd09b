import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { jsonOf, kubectl, type List } from "./kubectl.ts";

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Evicted {
  kind: string;
  metadata: { name: string; namespace: string; labels?: Record<string, string> };
  spec?: { nodeName?: string; selector?: Selector };
  status?: {
    phase?: string;
    disruptionsAllowed?: number;
    currentHealthy?: number;
    expectedPods?: number;
  };
}

/** Asks for all pods and PodDisruptionBudgets. */
export const askBudgets: Command = kubectl(sh`get pods,poddisruptionbudgets --all-namespaces -o json`);

/**
 * The PodDisruptionBudgets, as `namespace/name`, that will never let a pod of the node be evicted: all their pods are healthy,
 * and still none may be disrupted. One that waits for a pod to become healthy is not among them.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export function neverEvicted(fact: Output, node: string): string[] {
  const all = jsonOf<List<Evicted>>(fact)?.items ?? [];
  const pods = all.filter(
    ({ kind, spec, status }) =>
      kind === "Pod" && spec?.nodeName === node && !["Succeeded", "Failed"].includes(status?.phase ?? ""),
  );
  return all
    .filter(({ kind, status }) => kind === "PodDisruptionBudget" && isNever(status))
    .filter(({ metadata, spec }) =>
      pods.some(
        (pod) =>
          pod.metadata.namespace === metadata.namespace && selects(spec?.selector, pod.metadata.labels ?? {}),
      ),
    )
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

const isNever = ({ disruptionsAllowed, currentHealthy = 0, expectedPods = 0 }: Evicted["status"] = {}) =>
  disruptionsAllowed === 0 && expectedPods > 0 && currentHealthy >= expectedPods;

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
