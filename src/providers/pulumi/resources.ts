import { LabwrightError } from "../../errors.ts";
import { type Claim, claimOf } from "../../lab/identity.ts";
import type { Place } from "../access.ts";
import type { CloudResource } from "./cloud.ts";
import { hostKeyOf, tag } from "./tags.ts";

/** The lab file's name for a server. */
export const machineOf = ({ tags, name }: CloudResource): string => tags[tag.machine] ?? name;

/** The owner that a resource's tags name. */
export const claimOn = ({ kind, name, tags }: CloudResource): Claim => claimOf(tag, `${kind} ${name}`, tags);

export function placeOf({ tags, server }: CloudResource): Place {
  const hostKey = hostKeyOf(tags[tag.hostKey]);
  const { publicAddress = "", privateAddress = "" } = server ?? {};
  return {
    host: publicAddress,
    port: 22,
    address: privateAddress,
    hostKeys: hostKey === undefined ? [] : [hostKey],
  };
}

/** What the program calls the resource that a thing is. */
const resourceName = (thing: CloudResource): string =>
  thing.kind === "server" ? machineOf(thing) : thing.kind === "ssh-key" ? "key" : thing.kind;

/** What Pulumi's state knows a thing by. */
export const stateIdOf = ({ stateId, id }: CloudResource): string => stateId ?? id;

export interface Compared {
  /** To be removed: nothing else is of use with it. */
  halfMade: CloudResource[];
  kept: CloudResource[];
  /** Of what is kept, what only the cloud has: its name in the program → its id in the state. */
  adopt: Record<string, string>;
}

/**
 * Whether a machine was ever handed over: our tag for its logins is set once it has booted and has got them. From then
 * on people's work may be on it, and it is never deleted for the state that it is in.
 */
export const isFinished = ({ tags }: CloudResource): boolean => tags[tag.logins] !== undefined;

/** Its making or its removal was cut short: nothing but removing it is of use. */
export const isHalfMade = (thing: CloudResource): boolean =>
  thing.halfMade === true ||
  (thing.kind === "server" && !isFinished(thing) && thing.server?.privateAddress === undefined);

/**
 * What the cloud has of a lab beside what the state has. Of servers that were never handed over, one that is off and that
 * the state does not know was never switched on; and what the state knows another of was made by a killed run, past
 * the state and for a second time. Disks that are in no server belong to nothing that is made here: `down` removes them.
 */
export function compared(
  all: readonly CloudResource[],
  state: readonly { name: string; id: string }[],
): Compared {
  const things = all.filter(({ kind }) => kind !== "volume");
  const known = new Set(state.map(({ id }) => id));
  const isKnown = (thing: CloudResource) => known.has(stateIdOf(thing));
  const twice = (thing: CloudResource) =>
    things.find((other) => other !== thing && isKnown(other) && resourceName(other) === resourceName(thing));
  const isSurplus = (thing: CloudResource) =>
    isHalfMade(thing) || (!isKnown(thing) && (thing.server?.running === false || twice(thing) !== undefined));
  const isKept = (thing: CloudResource) => (isFinished(thing) ? thing.halfMade !== true : !isSurplus(thing));
  const kept = things.filter(isKept);
  const adopt = kept.filter((thing) => !isKnown(thing));
  for (const thing of adopt) {
    const other = twice(thing);
    if (other) throw serverTwice(thing, other);
  }
  return {
    halfMade: things.filter((thing) => !isKept(thing)),
    kept,
    adopt: Object.fromEntries(adopt.map((thing) => [resourceName(thing), stateIdOf(thing)])),
  };
}

const serverTwice = (one: CloudResource, other: CloudResource): LabwrightError =>
  new LabwrightError({
    code: "server-twice",
    message: `the cloud has two servers for the machine ${machineOf(one)}: ${one.id} and ${other.id}`,
    remedy: "Delete one of them in the cloud's console, then run `labwright up` again.",
  });
