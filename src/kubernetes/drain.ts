import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import type { Host } from "../hosts/types.ts";
import { askEvictions, drainRefusal } from "./eviction.ts";
import { kubectl } from "./kubectl.ts";

/** A node's annotation while labwright has it cordoned: a person's own cordon is never lifted. */
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
const takesPods = ({ spec, status }: DrainableNode): boolean =>
  !spec?.unschedulable &&
  !spec?.taints?.some(({ effect }) => effect !== "PreferNoSchedule") &&
  (status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false);

/** Whether another node can take the pods of this one: without one, draining would only stop them. */
export const canMoveFrom = (node: string, nodes: readonly DrainableNode[]): boolean =>
  nodes.some((one) => one.metadata.name !== node && takesPods(one));

/**
 * Cordons a node and evicts its pods, within their PodDisruptionBudgets. `host` is a control plane. Returns whether the cordon
 * is ours, so that `uncordon` takes it back. If the pods cannot be evicted, a cordon of ours is taken back at once, and the
 * error names what forbids the eviction.
 */
export async function drain(host: Host, node: DrainableNode): Promise<boolean> {
  const { name } = node.metadata;
  const refusal = drainRefusal([name], await host.run(askEvictions));
  if (refusal) throw refusal;
  const isOurs = isMarked(node) || !node.spec?.unschedulable;
  // Marked first, so that a cordon of ours without the mark never exists.
  if (isOurs) await host.run(kubectl(sh`annotate --overwrite node ${name} ${`${cordonMark}=true`}`));
  const { code, stderr } = await host.run(
    sh`${kubectl(sh`cordon ${name}`)} &&
      ${kubectl(sh`drain ${name} --ignore-daemonsets --delete-emptydir-data ${`--timeout=${longestDrain}s`}`)}`,
    { accept: "any" },
  );
  if (code === 0) return isOurs;
  if (isOurs) await uncordon(host, name);
  throw undrained(name, stderr);
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

const undrained = (node: string, stderr: string): LabwrightError =>
  new LabwrightError({
    code: "not-drained",
    message: `cannot drain ${node}: ${reasonIn(stderr)}`,
    remedy:
      "Look at the pods with `kubectl get pods -A -o wide` and at `kubectl get pdb -A`, mend that, then run `labwright up` again.",
  });

/** kubectl repeats itself with every try, and ends with the reason. */
const reasonIn = (stderr: string): string => {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const told = lines.filter((line) => /violate|declare no controller|error:/.test(line));
  return [...new Set(told.length > 0 ? told : lines)].slice(-3).join("; ");
};
