import { hostname, userInfo } from "node:os";

/** The tags of everything that we create in a cloud, from its creation. */
export const tag = {
  lab: "labwright-lab",
  id: "labwright-id",
  machine: "labwright-machine",
  owner: "labwright-owner",
  expiry: "labwright-expiry",
  hostKey: "labwright-host-key",
  /** Which logins a machine was given: src/providers/machine/logins.ts. */
  logins: "labwright-logins",
} as const;

export type Tags = Record<string, string>;

/** `2026-11-21T08:45:00.000Z` in the form of a tag, which allows no colons: `20261121T084500Z`. */
export const timeTag = (time: Date): string =>
  time.toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");

/**
 * The time in a tag, exactly as `timeTag` writes it. Anything else is undefined: a deletion must not
 * depend on what JavaScript accepts as a date, which finds the year 2001 in `keep-2`.
 */
export function timeOf(text = ""): Date | undefined {
  const [, ...fields] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = fields;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return !Number.isNaN(time.getTime()) && timeTag(time) === text ? time : undefined;
}

/** A tag's value has at most 63 characters, letters, digits, points, hyphens and underscores. */
const fitting = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9._-]/g, "-")
    .slice(0, 63)
    .replaceAll(/^[._-]+|[._-]+$/g, "");

/** The owner of a lab: LABWRIGHT_OWNER, a CI job's repository, or the person on this computer. */
export function ownerTag(environment: NodeJS.ProcessEnv): string {
  const { LABWRIGHT_OWNER, GITHUB_REPOSITORY, CI_PROJECT_PATH } = environment;
  const owner = LABWRIGHT_OWNER || GITHUB_REPOSITORY || CI_PROJECT_PATH;
  return fitting(owner || `${userInfo().username}.${hostname()}`) || "unknown";
}

const keyPrefix = "ed25519.";

/** An ed25519 host key as a tag: its 32 bytes in base64url, because the whole line would not fit. */
export function hostKeyTag(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `${keyPrefix}${blob.subarray(-32).toString("base64url")}`;
}

/** The line `ssh-ed25519 AAAA…` for a tag; undefined if it is not one of ours. RFC 8709. */
export function hostKeyOf(text: string | undefined): string | undefined {
  if (!text?.startsWith(keyPrefix)) return undefined;
  const key = Buffer.from(text.slice(keyPrefix.length), "base64url");
  if (key.length !== 32) return undefined;
  const name = Buffer.from("ssh-ed25519");
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return `ssh-ed25519 ${Buffer.concat([field(name), field(key)]).toString("base64")}`;
}
