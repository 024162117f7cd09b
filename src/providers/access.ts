import type { Access } from "../hosts/types.ts";
import type { Lab, Machine } from "../lab/types.ts";
import type { Credentials } from "./credentials.ts";

/** Where one machine's sshd is, for its provider. */
export interface Place {
  /** Where this computer reaches its sshd. Not used for a machine with `via`. */
  host: string;
  port: number;
  /** Where other machines reach it, with sshd on port 22. */
  address: string;
  /** Its host keys, known beforehand: `ssh-ed25519 AAAA…`. */
  hostKeys?: readonly string[];
}

export interface AccessInputs {
  lab: Lab;
  /** The existing machines: name → place. */
  places: ReadonlyMap<string, Place>;
  /** The lab's own key, which opens every login user; undefined: no `up` has made it in this folder. */
  privateKey: string | undefined;
  credentials: Credentials;
}

/**
 * How a machine is reached, with the whole chain of jump hosts: the `MachineInfo.access` that every provider which makes
 * machines returns. A provider's `list` gathers a `Place` for each of its machines, takes key and passwords
 * from `keptFor`, and calls this for each of them. A machine with `via` is reached only
 * from the last machine of its chain, at its `address`; a missing jump host leaves no host that could answer.
 * A machine that the lab file does not name is reached directly, as root.
 */
export function accessOf(name: string, inputs: AccessInputs): Access {
  const { lab, places, privateKey } = inputs;
  const machine = lab.machines.find((one) => one.name === name);
  const place = places.get(name);
  const { host = name, port = 22, address = name, hostKeys = [] } = place ?? {};
  const user = machine?.user ?? "root";
  const own = {
    user,
    ...(privateKey !== undefined && { privateKey }),
    hostKeys,
    sudo: sudoOf(machine, inputs.credentials),
  };
  if (machine?.via === undefined) return { host, port, ...own };
  return { host: address, port: 22, ...own, via: accessOf(machine.via, inputs) };
}

/** sudo without a password accepts one all the same, so a changed lab file does not lock us out. */
function sudoOf(machine: Machine | undefined, credentials: Credentials): Access["sudo"] {
  if (machine === undefined || machine.user === "root" || machine.sudo === "none") return { kind: "none" };
  const password = credentials[machine.name]?.[machine.user];
  return password === undefined ? { kind: "passwordless" } : { kind: "password", password };
}
