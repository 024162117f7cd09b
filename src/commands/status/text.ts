import type { Certificate } from "../../kubernetes/certificates.ts";
import type { EntranceInfo } from "../../providers/types.ts";
import { count } from "../../wording.ts";
import { endingLines } from "../certs/text.ts";

export interface MachineStatus {
  name: string;
  role: string;
  state: "running" | "paused" | "stopped" | "missing" | "unreachable";
  address?: string;
  /** Component → `ok`, or what is wrong, in words. */
  components: Record<string, string>;
  versions: Record<string, string>;
  /** When the first certificate on the machine ends: ISO 8601; with the days left, negative after its end. All: the first to end first. */
  certificates?: { first: string; days: number; all: (Certificate & { days: number })[] };
}

/** Each machine with a line for each component: its health and its version. Ends with a newline. */
export const machinesText = (machines: readonly MachineStatus[]): string =>
  `${machines.map(machineText).join("\n")}\n`;

/** The lab's entrance with a line for each of its ports. Ends with a newline. */
export function entranceText({ state, host, ports, why }: EntranceInfo): string {
  const doors = Object.entries(ports).map(([door, port]) => line(door, `${port}`));
  const head = ["entrance", state, host, why].filter((part) => part !== undefined).join("  ");
  return `\n${[head, ...doors].join("\n")}\n`;
}

function machineText(machine: MachineStatus): string {
  const { name, role, state, address, components, versions, certificates } = machine;
  const names = new Set([...Object.keys(components), ...Object.keys(versions)]);
  const lines = [...names].map((what) =>
    line(what, [components[what], versions[what]].filter((part) => part !== undefined).join("  ")),
  );
  return [
    `${name}  ${role}  ${state}  ${address ?? ""}`.trimEnd(),
    ...lines,
    ...(certificates ? certificatesLines(certificates) : []),
  ].join("\n");
}

function certificatesLines({ days, all }: Required<MachineStatus>["certificates"]): string[] {
  const soon = endingLines(all);
  return (soon.length > 0 ? soon : [`end in ${count(days, "day")}`]).map((text) =>
    line("certificates", text),
  );
}

const line = (what: string, text: string): string => `    ${what.padEnd(24)} ${text}`;
