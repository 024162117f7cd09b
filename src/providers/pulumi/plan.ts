import { generateKeyPair } from "../../hosts/keys.ts";
import { overlaps } from "../../lab/cidr.ts";
import { type CloudChoice, nameInCloud, secondsOf } from "../../lab/cloud.ts";
import { apiPort } from "../../lab/ports.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { assignAddresses } from "../machine/subnet.ts";
import type { CloudResource, Resolved } from "./cloud.ts";
import type { LabPlan, Opening, ServerPlan } from "./program.ts";
import { hostKeyTag, ownerTag, tag, timeOf, timeTag } from "./tags.ts";
import { userData } from "./user-data.ts";

export interface PlanRequest {
  lab: Lab;
  /** The lab's id. */
  id: string;
  cloud: CloudChoice;
  /** The cloud's names for `cloud`. */
  resolved: Resolved;
  publicKey: string;
  /** The lab's existing resources. */
  resources: readonly CloudResource[];
  /** Networks from which SSH is allowed. */
  allowFrom: string[];
  adopt: Record<string, string>;
  environment: NodeJS.ProcessEnv;
  now: Date;
}

export function planOf(request: PlanRequest): LabPlan {
  const { lab, cloud, resolved, publicKey, allowFrom, adopt, resources, environment, now } = request;
  const network = lab.machineSubnet ?? freeNetwork(lab);
  const addresses = addressesIn(network, lab, resources);
  return {
    lab: lab.name,
    name: nameInCloud(lab.name),
    region: cloud.region,
    size: cloud.size,
    image: resolved.image,
    zone: resolved.zone,
    tags: {
      [tag.lab]: lab.name,
      [tag.id]: request.id,
      [tag.owner]: ownerTag(environment),
      [tag.expiry]: expiry(request, now, resources),
    },
    network,
    publicKey,
    openings: openings(cloud, allowFrom),
    servers: lab.machines.map((machine) => serverPlan(request, machine, addresses.get(machine.name) ?? "")),
    adopt,
  };
}

/**
 * An existing lab keeps its time; one that is created again, or whose time has passed, gets all of it. A value that a person
 * has written there, such as `keep`, stays: it is never swept.
 */
function expiry({ cloud }: PlanRequest, now: Date, resources: readonly CloudResource[]): string {
  const texts = resources.flatMap(({ tags }) => tags[tag.expiry] ?? []);
  const person = texts.find((text) => timeOf(text) === undefined);
  if (person !== undefined) return person;
  const known = texts.flatMap((text) => timeOf(text) ?? []).filter((time) => time > now);
  const [latest] = known.sort((a, b) => b.getTime() - a.getTime());
  return timeTag(latest ?? new Date(now.getTime() + secondsOf(cloud.expiry) * 1000));
}

function openings({ nodePortsFrom }: CloudChoice, allowFrom: string[]): Opening[] {
  return [
    { what: "SSH", port: "22", from: allowFrom },
    { what: "Kubernetes API", port: `${apiPort}`, from: allowFrom },
    { what: "NodePorts", port: "30000-32767", from: nodePortsFrom ?? allowFrom },
  ];
}

/** The first of these that the cluster does not use; nothing else is on a lab's own private network. */
function freeNetwork({ cluster: { network } }: Lab): string {
  const candidates = ["10.88.0.0/24", "172.22.88.0/24", "192.168.188.0/24"];
  const taken = [network.podSubnet, network.serviceSubnet];
  return candidates.find((one) => !taken.some((other) => overlaps(one, other))) ?? "10.88.0.0/24";
}

/** Machines keep existing addresses; the others get free ones. */
function addressesIn(
  network: string,
  { machines }: Lab,
  resources: readonly CloudResource[],
): Map<string, string> {
  const present = new Map(
    resources.flatMap(({ tags, server }): [string, string][] =>
      server?.privateAddress === undefined ? [] : [[tags[tag.machine] ?? "", server.privateAddress]],
    ),
  );
  return assignAddresses(network, machines, present);
}

/** A server's name has no underscores, and is unique in the whole project. */
export const serverName = (lab: string, machine: string): string =>
  `${nameInCloud(lab)}-${machine.replaceAll("_", "--")}`;

/**
 * An existing machine keeps the host key in its tag; its private half cannot be read again, and is not
 * needed. Every other machine gets a new pair, of which only the public half is kept, in the tag. The
 * tag of the logins, which is set without Pulumi, would be removed if the program did not declare it too.
 */
function serverPlan(
  { lab, publicKey, resources }: PlanRequest,
  machine: Machine,
  address: string,
): ServerPlan {
  const hostKey = generateKeyPair(machine.name);
  const present = resources.find(({ kind, tags }) => kind === "server" && tags[tag.machine] === machine.name);
  const logins = present?.tags[tag.logins];
  return {
    machine: machine.name,
    name: serverName(lab.name, machine.name),
    privateAddress: address,
    userData: userData({ machine, hostKey, authorizedKey: publicKey }),
    tags: {
      [tag.machine]: machine.name,
      [tag.hostKey]: present?.tags[tag.hostKey] ?? hostKeyTag(hostKey.publicKey),
      ...(logins !== undefined && { [tag.logins]: logins }),
    },
  };
}
