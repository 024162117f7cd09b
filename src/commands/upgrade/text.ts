import type { ComponentVersions } from "../../kubernetes/component-versions.ts";
import { skewPolicy } from "../../kubernetes/version-skew.ts";
import { table } from "../../ui/summary.ts";

/** What an upgrade does to one machine. */
export interface MachineUpgrade {
  name: string;
  role: string;
  present: ComponentVersions;
  wanted: ComponentVersions;
}

/** Components of a machine that an upgrade changes, with the version before and after. */
export const changesOf = ({ present, wanted }: MachineUpgrade): [string, string, string][] =>
  [...present].flatMap(([name, before]): [string, string, string][] => {
    const after = wanted.get(name);
    return after === undefined || after === before ? [] : [[name, before, after]];
  });

/** Each machine, in the order of the work, with each component before and after; then the rules. Ends with a newline. */
export function upgradeText(machines: readonly MachineUpgrade[], release: string): string {
  const blocks = machines.map((machine) => {
    const rows = changesOf(machine).map(([name, before, after]): [string, string] => [
      name,
      `${before} → ${after}`,
    ]);
    const lines = table(rows).split("\n");
    return [
      `${machine.name}  ${machine.role}`,
      ...(rows.length > 0 ? lines : ["nothing to change"]).map((line) => `    ${line}`),
    ].join("\n");
  });
  return `The upgrade to Kubernetes ${release}, in this order:\n\n${blocks.join("\n")}\n\n${rules}\n`;
}

const rules = `Control planes come first, then workers, one machine after the other. A node is drained within its PodDisruptionBudgets
before its kubelet is replaced, if another node can take its pods. With one control plane, the API does not answer for some
seconds. No minor release may be skipped, and none can be taken back: ${skewPolicy}`;
