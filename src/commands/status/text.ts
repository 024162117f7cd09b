import { count } from "../../wording.ts";

export interface MachineStatus {
  name: string;
  role: string;
  state: "running" | "stopped" | "missing" | "unreachable";
  address?: string;
  /** Component → `ok`, or what is wrong, in words. */
  components: Record<string, string>;
  versions: Record<string, string>;
  /** When the first certificate on the machine ends: ISO 8601; with the days left. */
  certificates?: { first: string; days: number };
}

/** Each machine with a line for each component: its health and its version. Ends with a newline. */
export const machinesText = (machines: readonly MachineStatus[]): string =>
  `${machines.map(machineText).join("\n")}\n`;

function machineText(machine: MachineStatus): string {
  const { name, role, state, address, components, versions, certificates } = machine;
  const names = new Set([...Object.keys(components), ...Object.keys(versions)]);
  const lines = [...names].map((what) =>
    line(what, [components[what], versions[what]].filter((part) => part !== undefined).join("  ")),
  );
  return [
    `${name}  ${role}  ${state}  ${address ?? ""}`.trimEnd(),
    ...lines,
    ...(certificates ? [certificatesLine(certificates)] : []),
  ].join("\n");
}

function certificatesLine({ days }: { days: number }): string {
  const soon = days < 30 ? "  (renew them: kubeadm certs renew all)" : "";
  return line("certificates", `end in ${count(days, "day")}${soon}`);
}

const line = (what: string, text: string): string => `    ${what.padEnd(24)} ${text}`;
