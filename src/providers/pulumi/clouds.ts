import type { CloudChoice } from "../../lab/cloud.ts";
import type { Cloud } from "./cloud.ts";
import { openHetzner } from "./hetzner/cloud.ts";

type CloudName = CloudChoice["name"];

interface Opener {
  /** The variable that has the token. */
  token: string;
  open(environment: NodeJS.ProcessEnv, signal?: AbortSignal): Cloud;
}

/** One line for each cloud. */
const openers: Record<CloudName, Opener> = { hetzner: { token: "HCLOUD_TOKEN", open: openHetzner } };

export const openCloud = (name: CloudName, environment: NodeJS.ProcessEnv): Cloud =>
  openers[name].open(environment);

/** Every cloud that the environment has a token for: all that can be asked without a lab file. */
export const cloudsAtHand = (environment: NodeJS.ProcessEnv, signal: AbortSignal) =>
  Object.entries(openers)
    .filter(([, { token }]) => environment[token])
    .map(([name, { open }]) => ({ name, cloud: open(environment, signal) }));
