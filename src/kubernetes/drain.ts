import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import type { Host } from "../hosts/types.ts";
import { listed } from "../wording.ts";
import { askEvictions, drainRefusal } from "./eviction.ts";
import { kubectl } from "./kubectl.ts";
import { isReady } from "./ready.ts";

/** A node's annotation while labwright has it cordoned, for whatever reason: a person's own cordon is never lifted. */
export const cordonMark = "labwright/cordoned-for-upgrade";

/** Seconds that pods have to leave a node: a PodDisruptionBudget may let one go only when another one is Ready. */
const longestDrain = 300;

/** The fields of a node that decide whether it can be drained. */
export interface DrainableNode {
  metadata: { name: string; annotations?: Record<string, string> };
  spec?: { unschedulable?: boolean; taints?: { effect: string }[] };
  status?: { conditions?: { type: string; status: string }[] };
}

export const isMarked = ({ metadata }: DrainableNode): boolean =>
  metadata.annotations?.[cordonMark] !== undefined;

/** Whether pods without tolerations could run on a node. */
const takesPods = (node: DrainableNode): boolean =>
  !node.spec?.unschedulable &&
  !node.spec?.taints?.some(({ effect }) => effect !== "PreferNoSchedule") &&
  isReady(node);

/** Whether another node can take the pods of this one: without one, draining would only stop them. */
export const canMoveFrom = (node: string, nodes: readonly DrainableNode[]): boolean =>
  nodes.some((one) => one.metadata.name !== node && takesPods(one));

/**
 * Why a node that is about to be removed is not drained: words that follow its name. Undefined if it is drained, or if the
 * cluster has no such node. `leaving` names all nodes that are removed.
 */
export function undrainedWords(
  name: string,
  nodes: readonly DrainableNode[],
  leaving: readonly string[],
): string | undefined {
  const node = nodes.find(({ metadata }) => metadata.name === name);
  if (!node) return undefined;
  if (!isReady(node)) return "its kubelet does not answer";
  const staying = nodes.filter(({ metadata }) => !leaving.includes(metadata.name));
  return canMoveFrom(name, staying) ? undefined : "no node that stays takes its pods";
}

/**
 * Cordons nodes and evicts their pods, within their PodDisruptionBudgets. `host` is a control plane. Returns the names of the
 * nodes whose cordon is ours, so that `uncordon` takes it back. If the pods cannot be evicted, cordons of ours are taken back
 * at once, and the error names what forbids the eviction.
 */
export async function drain(host: Host, nodes: readonly DrainableNode[]): Promise<string[]> {
  const names = nodes.map(({ metadata }) => metadata.name);
  const refusal = drainRefusal(names, await host.run(askEvictions));
  if (refusal) throw refusal;
  const ours = nodes
    .filter((node) => isMarked(node) || !node.spec?.unschedulable)
    .map(({ metadata }) => metadata.name);
  // Marked first, so that a cordon of ours without the mark never exists.
  if (ours.length > 0) await host.run(kubectl(sh`annotate --overwrite node ${ours} ${`${cordonMark}=true`}`));
  // All are cordoned before the first is drained, so that no pod moves to a node that is drained next.
  const { code, stderr } = await host.run(
    sh`${kubectl(sh`cordon ${names}`)} &&
      ${kubectl(sh`drain ${names} --ignore-daemonsets --delete-emptydir-data ${`--timeout=${longestDrain}s`}`)}`,
    { accept: "any" },
  );
  if (code === 0) return ours;
  for (const name of ours) await uncordon(host, name);
  throw undrained(listed(names), stderr);
}

/** Seconds that the API server may be away: a new kubelet starts it again on its node. */
const longestAbsence = 60;

/** Takes back a cordon of ours. */
export async function uncordon(host: Host, node: string): Promise<void> {
  await host.run(sh`
    end=$(($(date +%s) + ${longestAbsence}))
    until ${kubectl(sh`uncordon ${node}`)} && ${kubectl(sh`annotate node ${node} ${`${cordonMark}-`}`)}; do
      [ "$(date +%s)" -lt "$end" ] || exit 1
      sleep 1
    done`);
}

const undrained = (nodes: string, stderr: string): LabwrightError =>
  new LabwrightError({
    code: "not-drained",
    message: `cannot drain ${nodes}: ${reasonIn(stderr)}`,
    remedy:
      "Look at the pods with `kubectl get pods -A -o wide` and at `kubectl get pdb -A`, mend that, then run `labwright up` again.",
  });

/** kubectl repeats itself with every try, and ends with the reason. */
const reasonIn = (stderr: string): string => {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const told = lines.filter((line) => /violate|declare no controller|error:/.test(line));
  return [...new Set(told.length > 0 ? told : lines)].slice(-3).join("; ");
};
