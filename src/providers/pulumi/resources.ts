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

/** The program's name for a resource. */
const resourceName = (resource: CloudResource): string =>
  resource.kind === "server" ? machineOf(resource) : resource.kind === "ssh-key" ? "key" : resource.kind;

/** The id of a resource in Pulumi's state. */
export const stateIdOf = ({ stateId, id }: CloudResource): string => stateId ?? id;

export interface Compared {
  /** Resources to remove, because they cannot be used. */
  halfMade: CloudResource[];
  kept: CloudResource[];
  /** Resources that are kept and that only the cloud has: their names in the program → their ids in the state. */
  adopt: Record<string, string>;
}

/**
 * Whether a machine was ever handed over: our tag for its logins is set once it has booted and has them. From then
 * on it may hold people's work, and it is never deleted because of its state.
 */
export const isFinished = ({ tags }: CloudResource): boolean => tags[tag.logins] !== undefined;

/** Its creation or removal was cut short: it can only be removed. */
export const isHalfMade = (resource: CloudResource): boolean =>
  resource.halfMade === true ||
  (resource.kind === "server" && !isFinished(resource) && resource.server?.privateAddress === undefined);

/**
 * Compares the lab's resources in the cloud with the state. Among servers that were never handed over, one that is off and
 * not in the state was never switched on; and a second one for a name in the state was created by a killed run,
 * without the state. Disks without a server do not belong to anything that we create: `down` removes them.
 */
export function compared(
  all: readonly CloudResource[],
  state: readonly { name: string; id: string }[],
): Compared {
  const resources = all.filter(({ kind }) => kind !== "volume");
  const known = new Set(state.map(({ id }) => id));
  const isKnown = (resource: CloudResource) => known.has(stateIdOf(resource));
  const twice = (resource: CloudResource) =>
    resources.find(
      (other) => other !== resource && isKnown(other) && resourceName(other) === resourceName(resource),
    );
  const isSurplus = (resource: CloudResource) =>
    isHalfMade(resource) ||
    (!isKnown(resource) && (resource.server?.running === false || twice(resource) !== undefined));
  const isKept = (resource: CloudResource) =>
    isFinished(resource) ? resource.halfMade !== true : !isSurplus(resource);
  const kept = resources.filter(isKept);
  const adopt = kept.filter((resource) => !isKnown(resource));
  for (const resource of adopt) {
    const other = twice(resource);
    if (other) throw serverTwice(resource, other);
  }
  return {
    halfMade: resources.filter((resource) => !isKept(resource)),
    kept,
    adopt: Object.fromEntries(adopt.map((resource) => [resourceName(resource), stateIdOf(resource)])),
  };
}

const serverTwice = (one: CloudResource, other: CloudResource): LabwrightError =>
  new LabwrightError({
    code: "server-twice",
    message: `the cloud has two servers for the machine ${machineOf(one)}: ${one.id} and ${other.id}`,
    remedy: "Delete one of them in the cloud's console, then run `labwright up` again.",
  });
