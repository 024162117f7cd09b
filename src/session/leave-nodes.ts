import type { Activity } from "../activity/activity.ts";
import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import type { Host } from "../hosts/types.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { type DrainableNode, drain, undrainedWords } from "../kubernetes/drain.ts";
import { adminConf, askNodes, jsonOf, type List } from "../kubernetes/kubectl.ts";
import { listed } from "../wording.ts";
import type { ConnectedInventory } from "./inventory.ts";
import { stayingControlPlanes } from "./staying.ts";

type Removal = Pick<ConnectedInventory, "lab" | "found" | "removed" | "leaving" | "signal" | "host">;

export interface Departures {
  /** The nodes that are drained, and the control plane through which. */
  drained: readonly DrainableNode[];
  via?: Host;
  /** Why other nodes are not: machine → words that follow its name. */
  undrained: ReadonlyMap<string, string>;
}

/** Which of the machines that `up` removes are drained before. Changes nothing. */
export async function departuresOf(removal: Removal): Promise<Departures> {
  const { leaving } = removal;
  const removed = removal.removed.filter(({ name, running }) => !running || leaving.includes(name));
  const cluster = removed.length === 0 ? undefined : await askCluster(removal);
  if (!cluster) return { drained: [], undrained: new Map() };
  const { via, nodes } = cluster;
  if (!nodes) return { drained: [], undrained: new Map(removed.map(({ name }) => [name, silence])) };
  const undrained = new Map<string, string>();
  const drained: DrainableNode[] = [];
  for (const { name, running } of removed) {
    const node = nodes.find(({ metadata }) => metadata.name === name);
    if (!node) continue;
    const why = running ? undrainedWords(name, nodes, leaving) : "its machine does not answer";
    if (why === undefined) drained.push(node);
    else undrained.set(name, why);
  }
  return { drained, undrained, via };
}

const silence = "no control plane that stays answers";

/** Without nodes if no control plane that stays answers. */
type Cluster = { via: Host; nodes: readonly DrainableNode[] } | { via?: never; nodes?: never };

/** The first control plane that stays and answers. Undefined if none stays, or if there is no cluster. */
async function askCluster(removal: Removal): Promise<Cluster | undefined> {
  const staying = stayingControlPlanes(removal);
  let isSilent = staying.some(({ running }) => !running);
  for (const { name } of staying.filter(({ running }) => running)) {
    try {
      const via = await removal.host(name);
      const answer = await via.run(sh`[ ! -e ${adminConf} ] || { ${askNodes}; }`, { accept: "any" });
      const nodes = jsonOf<List<DrainableNode>>(answer)?.items;
      if (nodes) return { via, nodes };
      if (answer.code !== 0) isSilent = true;
    } catch (error) {
      assertNotInterrupted(removal.signal);
      if (!(error instanceof LabwrightError)) throw error;
      isSilent = true;
    }
  }
  return isSilent ? {} : undefined;
}

/** What `plan` shows of them: machine → words that stand for themselves. */
export function departureWords({ drained, undrained }: Departures): ReadonlyMap<string, string> {
  return new Map([
    ...drained.map(({ metadata }) => [metadata.name, "its node will be drained first"] as const),
    ...[...undrained].map(([name, why]) => [name, `its node will not be drained: ${why}`] as const),
  ]);
}

/**
 * Drains the nodes of machines that are about to be removed, through a control plane that stays. Throws before the first
 * eviction if one can never be drained. Returns the result for each, a sentence each. A run that was cut short is repeated: a
 * node that is drained already stays so, and one that returns to the lab file is uncordoned by `kubeadm-upgrade`.
 */
export async function leaveNodes(removal: Removal, activity: Activity): Promise<string[]> {
  const { drained, via, undrained } = await departuresOf(removal);
  const names = drained.map(({ metadata }) => metadata.name);
  if (via && drained.length > 0) {
    assertNotInterrupted(removal.signal);
    await activity.child("machine", `drain ${listed(names)}`, async (child, end) => {
      child.note("moving pods to other nodes");
      await drain(via, drained);
      end({ outcome: "changed" });
    });
  }
  return [
    ...names.map((name) => `Drained: ${name}.`),
    ...[...undrained].map(([name, why]) => `Not drained: ${name}, because ${why}.`),
  ];
}
