/** What the programs in infra/pulumi are given. Plain data, and nothing that a program would have to ask for. */
export interface LabPlan {
  lab: string;
  /** What the cloud calls the network and the other things that a lab has one of. */
  name: string;
  /** Where servers are, what they are, what they start from: the cloud's own names. */
  region: string;
  /** The part of the region that the private network is in. */
  zone: string;
  size: string;
  image: string;
  /** Of everything that is made. */
  tags: Record<string, string>;
  /** The private network that the machines reach each other on, in CIDR notation. */
  network: string;
  /** The lab's public key. */
  publicKey: string;
  /** What the outside may reach. */
  openings: Opening[];
  servers: ServerPlan[];
  /** Things that are in the cloud and not in the state: the resource's name here → the cloud's id. */
  adopt: Record<string, string>;
}

/** `port` is a port or a range: `30000-32767`. */
export interface Opening {
  what: string;
  port: string;
  from: string[];
}

export interface ServerPlan {
  /** The resource's name, which the state knows the server by: the machine's. */
  machine: string;
  /** The cloud's name for it. */
  name: string;
  privateAddress: string;
  /** cloud-init's; a secret, because the host's private key is in it. */
  userData: string;
  /** Besides those of everything. */
  tags: Record<string, string>;
}

/** What a file in infra/pulumi exports: declares everything of a lab. Runs inside Pulumi's engine. */
export interface Program {
  declare(plan: LabPlan): void;
}
