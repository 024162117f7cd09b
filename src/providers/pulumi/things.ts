import type { Claim } from "../../lab/identity.ts";
import type { Place } from "../access.ts";
import type { Thing } from "./cloud.ts";
import { hostKeyOf, tag } from "./tags.ts";

/** The lab file's name for a server. */
export const machineOf = ({ tags, name }: Thing): string => tags[tag.machine] ?? name;

/** What a thing says of whose it is. */
export const claimOf = ({ kind, name, tags }: Thing): Claim => ({
  what: `${kind} ${name}`,
  id: tags[tag.id],
  owner: tags[tag.owner],
});

export function placeOf({ tags, server }: Thing): Place {
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
const resourceName = (thing: Thing): string =>
  thing.kind === "server" ? machineOf(thing) : thing.kind === "ssh-key" ? "key" : thing.kind;

/** What Pulumi's state knows a thing by. */
export const stateIdOf = ({ stateId, id }: Thing): string => stateId ?? id;

export interface Compared {
  /** To be removed: nothing else is of use with it. */
  halfMade: Thing[];
  kept: Thing[];
  /** Of what is kept, what only the cloud has: its name in the program → its id in the state. */
  adopt: Record<string, string>;
}

/**
 * What the cloud has of a lab beside what the state has. A server that is off and that the state does not know was never
 * switched on; and what the state knows another of was made by a killed run, past the state and for a second time.
 */
export function compared(things: readonly Thing[], state: readonly { name: string; id: string }[]): Compared {
  const known = new Set(state.map(({ id }) => id));
  const isKnown = (thing: Thing) => known.has(stateIdOf(thing));
  const names = new Set(things.filter(isKnown).map(resourceName));
  const isHalfMade = (thing: Thing) =>
    thing.halfMade === true ||
    (!isKnown(thing) && (thing.server?.running === false || names.has(resourceName(thing))));
  const kept = things.filter((thing) => !isHalfMade(thing));
  const adopt = kept.filter((thing) => !isKnown(thing));
  return {
    halfMade: things.filter(isHalfMade),
    kept,
    adopt: Object.fromEntries(adopt.map((thing) => [resourceName(thing), stateIdOf(thing)])),
  };
}
