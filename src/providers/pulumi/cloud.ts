import type { CloudChoice } from "../../lab/cloud.ts";
import type { Cost } from "../types.ts";
import type { Tags } from "./tags.ts";

/** Something in the cloud that has our tags. */
export interface Thing {
  kind: "server" | "firewall" | "network" | "ssh-key";
  /** The cloud's own. */
  id: string;
  name: string;
  tags: Tags;
  created: Date;
  /** Only of servers. */
  server?: ServerFacts;
}

export interface ServerFacts {
  running: boolean;
  publicAddress: string | undefined;
  privateAddress: string | undefined;
}

/** What we ask a cloud ourselves, past Pulumi: the truth about what there is, and its removal by tag. */
export interface Cloud {
  /** Everything that has our tags, of one lab or of all. */
  list(lab?: string): Promise<Thing[]>;
  /** Removes what is not removed yet; waits where something still uses it. */
  remove(thing: Thing): Promise<void>;
  powerOn(thing: Thing): Promise<void>;
  setTags(thing: Thing, tags: Tags): Promise<void>;
  /** Throws `cloud-unknown-name` with the nearest known name where the region, size or image is not the cloud's. */
  check(choice: CloudChoice): Promise<void>;
  cost(choice: CloudChoice, servers: number): Promise<Cost>;
}

/** Servers first, because they use all the others. */
export const removalOrder: readonly Thing["kind"][] = ["server", "firewall", "network", "ssh-key"];
