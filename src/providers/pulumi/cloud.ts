import type { Target } from "../../artifacts/target.ts";
import type { CloudChoice } from "../../lab/cloud.ts";
import type { Cost } from "../types.ts";
import type { ErrorCodes } from "./errors.ts";
import type { Tags } from "./tags.ts";

/** The kinds of a lab's resources in a cloud, in the order in which they are removed: each uses only later ones. */
export const removalOrder = [
  "server",
  "load-balancer",
  "volume",
  "firewall",
  "gateway",
  "subnet",
  "network",
  "ssh-key",
] as const;

/** A resource in the cloud that has our tags, and is removed by itself: parts of another one are not listed. */
export interface CloudResource {
  kind: (typeof removalOrder)[number];
  /** The cloud's own. */
  id: string;
  /** What Pulumi's state knows it by, if that is not the id. */
  stateId?: string;
  name: string;
  tags: Tags;
  /** The cloud is removing it, or it is a disk that is in no server. */
  halfMade?: true;
  /** The cluster's cloud-controller-manager has created it: Pulumi does not declare it. */
  ofCluster?: true;
  /** Servers only. */
  server?: ServerFacts;
}

export interface ServerFacts {
  running: boolean;
  /** What the cloud is doing with it, in the cloud's word (`migrating`): only afterwards it can be used, or started. */
  changing?: string;
  publicAddress: string | undefined;
  privateAddress: string | undefined;
}

/** A processor, as Go, Debian and image registries all call it. */
export type Architecture = Target["arch"];

/** The lab file's names, resolved to the cloud's own. */
export interface Resolved {
  /** The servers' image. */
  image: string;
  /** The part of the region with the private network. */
  zone: string;
  /** The processor of servers of that size. */
  architecture: Architecture;
}

/** Our own requests to a cloud, without Pulumi: listing what exists, and removing it by tag. */
export interface Cloud {
  /** Everything that has our tags, of one lab or of all. */
  list(lab?: string): Promise<CloudResource[]>;
  /** Removes what is not removed yet; waits while something still uses it. */
  remove(resource: CloudResource): Promise<void>;
  /** Returns once the server has its addresses. */
  powerOn(resource: CloudResource): Promise<void>;
  /** All tags that the resource should have. */
  setTags(resource: CloudResource, tags: Tags): Promise<void>;
  /**
   * Throws `cloud-unknown-name` with the nearest known name if the region, size or image is not the cloud's, and
   * `cloud-architecture` if the image is for another processor than the size has.
   */
  resolve(choice: CloudChoice): Promise<Resolved>;
  /**
   * Throws `cloud-sold-out`, with what can be ordered, if such a server cannot be created now. Absent if the cloud does
   * not report that before a server is ordered.
   */
  assertOrderable?(choice: CloudChoice): Promise<void>;
  /** Throws as `resolve` does. */
  cost(choice: CloudChoice, servers: number): Promise<Cost>;
}

/** Access to a cloud; in its own file, loaded only when the lab uses the cloud. */
export interface CloudModule {
  /** The part of the cloud that a lab is in. */
  open(environment: NodeJS.ProcessEnv, region: string, signal?: AbortSignal): Cloud;
  /** All parts of the cloud that a lab could be in. */
  everywhere(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<RegionClient[]>;
}

export interface RegionClient {
  /** Absent if the cloud is asked for all its regions at once. */
  region?: string;
  cloud: Cloud;
}

/** What is known about a cloud without asking it. */
export interface CloudKind {
  /** With any of these in the environment the cloud can be asked. */
  variables: readonly string[];
  errorCodes: ErrorCodes;
  plugin: Plugin;
  load(): Promise<CloudModule>;
}

/** Pulumi's provider plugin for the cloud. */
export interface Plugin {
  /** `hcloud` for pulumi-resource-hcloud. */
  name: string;
  /** The release of the npm package with which the program is written. */
  version: string;
  /** Whether infra/modules/pulumi compiles it. */
  compiled: boolean;
}
