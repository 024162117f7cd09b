import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Incus } from "./incus.ts";

/** A server that runs machines: a member of a cluster, or a standalone server. */
export interface Member {
  /** Its name in instances; a standalone server is `none`. */
  name: string;
  /** The flags that have a thing made on it: none if there is no choice. */
  target: string[];
  /** The host whose ports lead to its machines; undefined: they are reached at their addresses. */
  address: string | undefined;
  /** `Online`, `Offline`, `Evacuated` or `Blocked`. */
  status: string;
}

const membersSchema = z.array(z.object({ server_name: z.string(), url: z.url(), status: z.string() }));

/**
 * The members of a cluster, or a standalone server as the only one. `server` is the address of a remote. Machines of a
 * cluster are always reached through ports: this computer may not be a member, and a member answers only for its machines.
 */
export async function membersOf(
  incus: Incus,
  isClustered: boolean,
  server: string | undefined,
): Promise<Member[]> {
  if (!isClustered) return [{ name: "none", target: [], address: server, status: "Online" }];
  const listed = await incus.query("/1.0/cluster/members?recursion=1", membersSchema, { timeout: 15_000 });
  return listed.map(({ server_name: name, url, status }) => ({
    name,
    target: ["--target", name],
    address: hostIn(url),
    status,
  }));
}

/** The host of an https address. Throws if it is an IPv6 address: ports that lead to machines are IPv4's. */
export function hostIn(url: string): string {
  const { hostname } = new URL(url);
  if (!hostname.startsWith("[")) return hostname;
  throw new LabwrightError({
    code: "server-address",
    message: `the Incus server has an IPv6 address (${hostname}), and labwright forwards ports only on IPv4`,
    remedy:
      "Use a name or an IPv4 address for it in `incus remote add`, and in `cluster.https_address` of its members.",
  });
}

/**
 * The members in the order in which a lab's machines take turns: those with the fewest other instances first, so that the labs of a class
 * are spread over all of them.
 */
export function byLoad(members: readonly Member[], others: readonly { location: string }[]): Member[] {
  const load = ({ name }: Member): number => others.filter(({ location }) => location === name).length;
  return members.toSorted((one, other) => load(one) - load(other));
}

/** The member for a lab's n-th machine, if it is created now: they take turns. */
export function memberFor(members: readonly Member[], index: number): Member {
  const online = members.filter(({ status }) => status === "Online");
  const member = online[index % online.length];
  if (member) return member;
  throw missing(members, "cannot create a machine");
}

/**
 * Throws if one of the members does not answer. Incus makes and removes pools and networks only while all do.
 */
export function assertAnswer(members: readonly Member[], why: string): void {
  const offline = members.filter(({ status }) => status === "Offline");
  if (offline.length > 0) throw missing(offline, why);
}

/**
 * Throws if an instance's member does not answer for it, or has been evacuated. It may answer again in
 * a moment, with the instance unchanged: so do not create another one in its place.
 */
export function assertCarried(
  members: readonly Member[],
  { location, silent }: { location: string; silent?: true },
  why: string,
): void {
  const member = members.find(({ name }) => name === location) ?? { name: location, status: "Unknown" };
  if (member.status !== "Online") throw missing([member], why);
  if (silent) throw missing([{ ...member, status: "Silent" }], why);
}

const missing = (members: readonly Pick<Member, "name" | "status">[], why: string): LabwrightError =>
  new LabwrightError({
    code: "member-offline",
    message: `${why} while members of the Incus cluster are down: ${members.map(({ name, status }) => `${name} is ${status.toLowerCase()}`).join(", ")}`,
    remedy:
      "Find the member in `incus cluster list`, then start it, run `incus cluster restore` for it, or remove it with `incus cluster remove --force`.",
  });

/**
 * Creates something on every member: first on each that does not have it yet, then for the whole cluster.
 * `settings` are for all; `each` are settings that differ by member.
 */
export async function makeOnAll(
  incus: Incus,
  members: readonly Member[],
  make: Command,
  {
    settings = [],
    each = [],
    known = [],
  }: Partial<Record<"settings" | "each" | "known", readonly string[]>> = {},
): Promise<void> {
  const targeted = members.filter(({ target }) => target.length > 0);
  for (const { name, target } of targeted)
    if (!known.includes(name)) await incus.run(sh`${make} ${each} ${target}`);
  await incus.run(sh`${make} ${settings} ${targeted.length > 0 ? [] : each}`);
}
