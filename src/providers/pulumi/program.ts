/** The input of the programs in infra/pulumi. Plain data, complete, so that a program asks for nothing. */
export interface LabPlan {
  lab: string;
  /** The cloud's names of the network and the lab's other single resources. */
  name: string;
  /** Where servers are, their type, their image: the cloud's own names. */
  region: string;
  /** The part of the region with the private network. */
  zone: string;
  size: string;
  image: string;
  /** The tags of everything. */
  tags: Record<string, string>;
  /** The private network that the machines reach each other on, in CIDR notation. */
  network: string;
  /** The lab's public key. */
  publicKey: string;
  /** The ports that are open to the outside. */
  openings: Opening[];
  servers: ServerPlan[];
  /** Resources that are in the cloud and not in the state: the resource's name in the program → the cloud's id. */
  adopt: Record<string, string>;
}

/** `port` is a port or a range: `30000-32767`. */
export interface Opening {
  what: string;
  port: string;
  from: string[];
}

export interface ServerPlan {
  /** The resource's name, by which the state knows the server: the machine's. */
  machine: string;
  /** The cloud's name for it. */
  name: string;
  privateAddress: string;
  /** cloud-init's; a secret, because the host's private key is in it. */
  userData: string;
  /** Besides the tags of everything. */
  tags: Record<string, string>;
}

/** What a file in infra/pulumi exports: declares everything of a lab. Runs inside Pulumi's engine. */
export interface Program {
  declare(plan: LabPlan): void;
}
