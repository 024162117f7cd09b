import type { Place } from "../access.ts";
import type { Thing } from "./cloud.ts";
import { hostKeyOf, tag } from "./tags.ts";

/** The lab file's name for a server. */
export const machineOf = ({ tags, name }: Thing): string => tags[tag.machine] ?? name;

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
export const resourceName = (thing: Thing): string =>
  thing.kind === "server" ? machineOf(thing) : thing.kind === "ssh-key" ? "key" : thing.kind;

/** What Pulumi's state knows a thing by. */
export const stateIdOf = ({ stateId, id }: Thing): string => stateId ?? id;
