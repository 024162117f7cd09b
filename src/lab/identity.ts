import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { LabwrightError } from "../errors.ts";
import { createWhole, textOf, writeWhole } from "../local/text-file.ts";
import { labFolder } from "../paths.ts";

const idPattern = /^[0-9a-f]{16}$/;

/** The file in a lab's folder that holds the lab's id. */
export const labIdFile = (lab: string): string => join(labFolder(lab), "id");

/** The lab's id; undefined if no `up` has made one in this data folder. Throws `lab-id-broken`. */
export const labId = (lab: string): Promise<string | undefined> => readLabId(labIdFile(lab));

/** The id in such a file. */
export async function readLabId(file: string): Promise<string | undefined> {
  const text = await textOf(file);
  if (text === undefined) return undefined;
  const id = text.trim();
  if (idPattern.test(id)) return id;
  throw new LabwrightError({
    code: "lab-id-broken",
    message: `${file} does not hold a lab's id (16 hexadecimal digits)`,
    remedy: "Remove the file, then run `labwright adopt`.",
  });
}

/** The lab's id, which is made if there is none. The caller holds the lab's lock. */
export async function ensureLabId(lab: string): Promise<string> {
  const known = await labId(lab);
  if (known !== undefined) return known;
  await mkdir(labFolder(lab), { recursive: true, mode: 0o700 });
  await createWhole(labIdFile(lab), `${randomBytes(8).toString("hex")}\n`);
  return ensureLabId(lab);
}

/** Makes `id` the lab's id: the lab was adopted. The caller holds the lab's lock. */
export async function adoptLabId(lab: string, id: string): Promise<void> {
  await mkdir(labFolder(lab), { recursive: true, mode: 0o700 });
  await writeWhole(labIdFile(lab), `${id}\n`);
}

/** `user@host:folder`: the lab's owner, for people to read. Never compared: only the id counts. */
export const labOwner = (lab: string): string => `${userName()}@${hostname()}:${labFolder(lab)}`;

/** A user id that a container was given may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}

/** The labels of everything that is created for a lab, besides its name. */
export interface Identity {
  id: string;
  owner: string;
}

/** The lab's id, made if there is none, with its owner. The caller holds the lab's lock. */
export async function identityOf(lab: string): Promise<Identity> {
  return { id: await ensureLabId(lab), owner: labOwner(lab) };
}

/** The keys under which a provider labels resources with their owner. */
export type IdentityKeys = Readonly<Record<"lab" | "id" | "owner", string>>;

/** The labels of everything that is created for a lab. */
export const identityLabels = (
  keys: IdentityKeys,
  lab: string,
  { id, owner }: Identity,
): Record<string, string> => ({
  [keys.lab]: lab,
  [keys.id]: id,
  [keys.owner]: owner,
});

/** The owner that an object's labels name. */
export const claimOf = (
  keys: IdentityKeys,
  what: string,
  labels: Readonly<Record<string, string>>,
): Claim => ({
  what,
  id: labels[keys.id],
  owner: labels[keys.owner],
});

/** A resource that a provider found under the lab's name. */
export interface Claim {
  /** `container labwright-basics.cp`. */
  what: string;
  /** Its id. */
  id?: string | undefined;
  /** Its owner's text. */
  owner?: string | undefined;
}

/** Throws `lab-of-another` if one of the resources has another id than the lab's, or none. */
export function assertOurs(lab: string, id: string | undefined, claims: readonly Claim[]): void {
  const foreign = claims.filter((claim) => claim.id === undefined || claim.id !== id);
  if (foreign.length > 0) throw labOfAnother(lab, foreign);
}

/** The error for resources under the lab's name that are not this lab's. */
function labOfAnother(lab: string, foreign: readonly Claim[]): LabwrightError {
  const owners = [...new Set(foreign.flatMap(({ owner }) => owner ?? []))];
  const names = foreign.slice(0, 3).map(({ what }) => what);
  const more = foreign.length > names.length ? ` and ${foreign.length - names.length} more` : "";
  const [id] = foreign.flatMap((claim) => claim.id ?? []);
  const belongs =
    owners.length > 0
      ? `the lab "${lab}" belongs to ${owners.join(" and ")}`
      : `another lab "${lab}" exists, which carries ${id === undefined ? "no id" : `the id ${id}`}`;
  return new LabwrightError({
    code: "lab-of-another",
    message: `${belongs}: ${names.join(", ")}${more}`,
    remedy:
      "Change `name` in the lab file. If the lab is yours and its folder was lost or is older than lab ids, run `labwright adopt`.",
  });
}
