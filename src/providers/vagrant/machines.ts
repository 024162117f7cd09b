import type { Lab, Machine } from "../../lab/types.ts";
import { hostNameOf } from "../machine/host-name.ts";
import { assignAddresses } from "../machine/subnet.ts";

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
}

/** One of the eight in the range that VirtualBox allows host-only networks in; the lab's name decides which. */
export function defaultSubnet(lab: string): string {
  const sum = [...lab].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return `192.168.${56 + (sum % 8)}.0/24`;
}

/** Mebibytes and processors: kubeadm's least for a control plane, and what a worker of a lab gets along with. */
const sizeOf = ({ role }: Machine): { memory: number; cpus: number } =>
  role === "control-plane"
    ? { memory: 2048, cpus: 2 }
    : role === "worker"
      ? { memory: 1536, cpus: 1 }
      : { memory: 512, cpus: 1 };

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
        ...sizeOf(machine),
      })),
      ...existing.filter(({ name }) => !machines.some((machine) => machine.name === name)),
    ],
  };
}
