import { sizeDifferences } from "../../lab/sizes.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { hostNameOf } from "../machine/host-name.ts";
import { assignAddresses } from "../machine/subnet.ts";
import type { MachineInfo } from "../types.ts";

/** What the Vagrantfile reads. */
export interface VagrantMachines {
  lab: string;
  /** The lab's id and its owner; absent in what `labwright machines` prints. */
  id?: string;
  owner?: string;
  /** Of the machines' private network, in dots. */
  netmask: string;
  /** The docker provider's base image and `docker create` flags; absent: its own defaults. */
  dockerBase?: string;
  dockerFlags?: string[];
  machines: VagrantMachine[];
}

export interface VagrantMachine {
  name: string;
  hostname: string;
  role: string;
  address: string;
  memory: number;
  cpus: number;
  /** Whether the lab file names one of them; then Vagrant's docker provider limits the container. */
  limited?: true;
}

/** One of the eight in the range that VirtualBox allows host-only networks in; the lab's name decides which. */
export function defaultSubnet(lab: string): string {
  const sum = [...lab].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return `192.168.${56 + (sum % 8)}.0/24`;
}

/** Mebibytes and processors: kubeadm's least for a control plane, and what a worker of a lab gets along with. */
export const defaultSize = ({ role }: Machine): { memory: number; cpus: number } =>
  role === "control-plane"
    ? { memory: 2048, cpus: 2 }
    : role === "worker"
      ? { memory: 1536, cpus: 1 }
      : { memory: 512, cpus: 1 };

/** An existing machine keeps what it was made with: Vagrant changes a size only when a machine is started again. */
function sizeOf(
  machine: Machine,
  existing: VagrantMachine | undefined,
): Pick<VagrantMachine, "memory" | "cpus" | "limited"> {
  if (existing) {
    const { memory, cpus, limited } = existing;
    return { memory, cpus, ...(limited && { limited }) };
  }
  const { memory, cpus } = machine;
  const fallback = defaultSize(machine);
  return {
    memory: memory ?? fallback.memory,
    cpus: cpus ?? fallback.cpus,
    ...((memory ?? cpus) !== undefined && { limited: true }),
  };
}

/** How an existing machine differs from the size that the lab file names. */
export function misfitOf(machine: Machine, existing: VagrantMachine | undefined): MachineInfo["misfit"] {
  const differences = existing ? sizeDifferences(existing, machine) : [];
  if (differences.length === 0) return undefined;
  return {
    message: `${machine.name} has ${differences.join(" and ")}, and Vagrant cannot change that while it runs`,
    remedy: `Run \`labwright up --recreate ${machine.name}\`, which deletes the machine with everything on it and creates it again, or write its present size in the lab file.`,
  };
}

const netmaskOf = (bits: number): string =>
  [0, 8, 16, 24].map((start) => 256 - 2 ** (8 - Math.min(8, Math.max(0, bits - start)))).join(".");

/**
 * The lab's machines as Vagrant is told of them. What a machine that exists already was made with it keeps, and one that
 * the lab file does not name any more is told too: else Vagrant would not know it, and could not take it away. Pure:
 * equal labs give equal machines.
 */
export function vagrantMachines(
  { name: lab, machines, ...rest }: Lab,
  existing: readonly VagrantMachine[] = [],
): VagrantMachines {
  const machineSubnet = rest.machineSubnet ?? defaultSubnet(lab);
  const present = new Map(existing.map(({ name, address }) => [name, address]));
  const addresses = assignAddresses(machineSubnet, machines, present);
  return {
    lab,
    netmask: netmaskOf(Number(machineSubnet.split("/")[1])),
    machines: [
      ...machines.map((machine) => ({
        name: machine.name,
        hostname: hostNameOf(machine.name),
        role: machine.role,
        address: addresses.get(machine.name) ?? "",
        ...sizeOf(
          machine,
          existing.find(({ name }) => name === machine.name),
        ),
      })),
      ...existing.filter(({ name }) => !machines.some((machine) => machine.name === name)),
    ],
  };
}
