import { createHash } from "node:crypto";
import { type Command, lines, Secret, sh } from "../../hosts/sh.ts";
import { loginPasswords, makesMachines } from "../../lab/accounts.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { ensure } from "../../linux/accounts.ts";
import { labFolder } from "../../paths.ts";
import {
  type Credentials,
  keptCredentials,
  labCredentials,
  loginPasswordsIn,
  missingPasswords,
  type Passwords,
} from "../credentials.ts";
import { keptKey, labKey } from "../keys.ts";
import type { Lack } from "../types.ts";

/** What a machine made by other tools is given, over the login that those tools set up. */
export interface Logins {
  /** The login user, and how it becomes root. */
  user: string;
  sudo: Machine["sudo"];
  /** The lab's public key, which opens the login user. */
  authorizedKey: string;
  /** The passwords of the login user and of root, if they have any. */
  passwords: Passwords;
}

/** The key and the passwords of a lab. */
export interface Made {
  publicKey: string;
  privateKey: string;
  credentials: Credentials;
}

/** The key and passwords that exist so far; the key is undefined if no `up` has made one in this folder. */
export type Kept = { [key in "publicKey" | "privateKey"]: string | undefined } & Pick<Made, "credentials">;

/** Reads a lab's key and passwords. Creates none. */
export async function keptFor(lab: Lab): Promise<Kept> {
  const [key, credentials] = await Promise.all([keptKey(lab.name), keptCredentials(lab.name)]);
  return { publicKey: key?.publicKey, privateKey: key?.privateKey, credentials };
}

/**
 * A lab's key and passwords, created if missing; new ones change the digest of a machine's logins, and so get there. The caller
 * holds the lab's lock.
 */
export async function madeFor(lab: Lab): Promise<Made> {
  return { ...(await labKey(lab.name)), credentials: await labCredentials(lab) };
}

/** What a lab still needs: its key, or passwords; existing hosts are entered with their owner's own keys. Creates nothing. */
export async function missingAccess(lab: Lab): Promise<{ key: boolean; passwords: boolean }> {
  const { publicKey, credentials } = await keptFor(lab);
  return {
    key: publicKey === undefined && makesMachines(lab.provider),
    passwords: lab.machines.some((machine) => missingPasswords(lab, machine, credentials).length > 0),
  };
}

/** Creates what `missingAccess` finds. Returns whether something was created. The caller holds the lab's lock. */
export async function makeAccess(lab: Lab): Promise<boolean> {
  const { key, passwords } = await missingAccess(lab);
  if (key) await labKey(lab.name);
  if (passwords) await labCredentials(lab);
  return key || passwords;
}

/** The logins that a machine was given, as its provider stores them. */
export interface Given {
  /** `digestOf` them. */
  logins: string;
  /** The digest of the key among them. */
  key: string;
}

export const givenOf = (logins: Logins): Given => ({
  logins: digestOf(logins),
  key: digestOfText(logins.authorizedKey),
});

/** What a machine of the lab file lacks, if it was given `given`. Without `key`, other logins mean that we cannot log in. */
export function lackOf(
  lab: Lab,
  machine: Machine,
  kept: Kept,
  given: Partial<Given> | undefined,
): Lack | undefined {
  const { publicKey } = kept;
  if (publicKey === undefined)
    return { words: `cannot be logged in to: the lab's key is not in ${labFolder(lab.name)}`, closed: true };
  const missing = missingPasswords(lab, machine, kept.credentials).filter((user) =>
    loginPasswords(lab.provider, machine).includes(user),
  );
  const isKnown = given?.key !== undefined && given.key === digestOfText(publicKey);
  if (missing.length > 0)
    return { words: `has no password for ${missing.join(" and ")} yet`, closed: !isKnown };
  if (given?.logins === digestOf(loginsOf(lab, machine, { ...kept, publicKey }))) return undefined;
  const words = isKnown
    ? "has logins that differ from the lab file, the key or the passwords"
    : "has not been given its logins yet";
  return { words, closed: !isKnown };
}

export const loginsOf = (
  lab: Lab,
  machine: Machine,
  { publicKey, credentials }: Pick<Made, "publicKey" | "credentials">,
): Logins => ({
  user: machine.user,
  sudo: machine.sudo,
  authorizedKey: publicKey,
  passwords: loginPasswordsIn(credentials, lab, machine),
});

/**
 * Identifies logins, in 32 hexadecimal digits: a provider stores it with a machine once they were given to it. A machine
 * with another digest, or none, lacks them: its creation was cut short, or the lab file, the key or a password has changed.
 * The passwords, of 80 random bits each, cannot be recovered from it.
 */
export function digestOf({ user, sudo, authorizedKey, passwords }: Logins): string {
  const words = JSON.stringify([user, sudo, authorizedKey, Object.entries(passwords).sort()]);
  return digestOfText(words);
}

const digestOfText = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

/** Gives a machine its logins; run as root. A second run changes nothing. Other logins of the machine stay. */
export const giveLogins = ({ user, sudo, authorizedKey, passwords }: Logins): Command => sh`
  umask 077
  ${ensure({ name: user, sudo, shell: "/bin/bash", key: authorizedKey })}
  ${lines(
    Object.entries(passwords).map(
      ([name, password]) => sh`printf '%s:%s\n' ${name} ${new Secret(password)} | chpasswd`,
    ),
  )}`;
