import type { Target } from "../../artifacts/target.ts";
import type { CloudChoice } from "../../lab/cloud.ts";
import type { Cost } from "../types.ts";
import type { ErrorCodes } from "./errors.ts";
import type { Tags } from "./tags.ts";

/** What a cloud can have of a lab, in the order in which it is removed: each uses only what comes after it. */
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

/** Something in the cloud that has our tags, and that is removed by itself: parts that go with another are not listed. */
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
  /** The cluster's cloud-controller-manager has made it: it is not declared by Pulumi. */
  ofCluster?: true;
  /** Only of servers. */
  server?: ServerFacts;
}

export interface ServerFacts {
  running: boolean;
  /** What the cloud is doing with it, in the cloud's word (`migrating`): it can be used, or started, only afterwards. */
  changing?: string;
  publicAddress: string | undefined;
  privateAddress: string | undefined;
}

/** A processor, as Go, Debian and image registries all call it. */
export type Architecture = Target["arch"];

/** What the names of a lab file stand for, in the cloud's own words. */
export interface Resolved {
  /** What servers start from. */
  image: string;
  /** The part of the region that the private network is in. */
  zone: string;
  /** The processor of servers of that size. */
  architecture: Architecture;
}

/** What we ask a cloud ourselves, past Pulumi: the truth about what there is, and its removal by tag. */
export interface Cloud {
  /** Everything that has our tags, of one lab or of all. */
  list(lab?: string): Promise<CloudResource[]>;
  /** Removes what is not removed yet; waits while something still uses it. */
  remove(thing: CloudResource): Promise<void>;
  /** Returns once the server has its addresses. */
  powerOn(thing: CloudResource): Promise<void>;
  /** All tags that the thing is to have. */
  setTags(thing: CloudResource, tags: Tags): Promise<void>;
  /**
   * Throws `cloud-unknown-name` with the nearest known name if the region, size or image is not the cloud's, and
   * `cloud-architecture` if the image is for another processor than the size has.
   */
  resolve(choice: CloudChoice): Promise<Resolved>;
  /**
   * Throws `cloud-sold-out`, with what can be ordered, if such a server cannot be made now. Absent if the cloud does
   * not say so before a server is ordered.
   */
  assertOrderable?(choice: CloudChoice): Promise<void>;
  /** Throws as `resolve` does. */
  cost(choice: CloudChoice, servers: number): Promise<Cost>;
}

/** How a cloud is asked; in its own file, loaded only when the lab uses the cloud. */
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

/** What is known of a cloud without asking it. */
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
  /** That of the npm package which the program is written with. */
  version: string;
  /** Whether infra/modules/pulumi compiles it. */
  compiled: boolean;
}
