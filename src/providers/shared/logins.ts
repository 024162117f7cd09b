import { createHash } from "node:crypto";
import { type Command, lines, Secret, sh } from "../../hosts/sh.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { ensure } from "../../steps/shared/accounts.ts";
import { type Credentials, labCredentials, loginPasswordsIn, type Passwords } from "../credentials.ts";
import { labKey } from "../keys.ts";

/** What a machine that somebody else's tools have made is given over the way in that those tools know. */
export interface Logins {
  /** The login user, and how it becomes root. */
  user: string;
  sudo: Machine["sudo"];
  /** The lab's public key, which opens the login user. */
  authorizedKey: string;
  /** The passwords of the login user and of root, where they have any. */
  passwords: Passwords;
}

/** The key and the passwords of a lab. */
export interface Made {
  publicKey: string;
  privateKey: string;
  credentials: Credentials;
}

/** What was made for a lab, or is made now; new ones change the digest of a machine's logins, and so get there. */
export async function madeFor(lab: Lab): Promise<Made> {
  const credentials = await labCredentials(lab, async () => {});
  return { ...(await labKey(lab.name)), credentials };
}

export const loginsOf = (lab: Lab, machine: Machine, { publicKey, credentials }: Made): Logins => ({
  user: machine.user,
  sudo: machine.sudo,
  authorizedKey: publicKey,
  passwords: loginPasswordsIn(credentials, lab, machine),
});

/**
 * Tells logins apart, in 32 hexadecimal digits: what a place keeps with a machine once they were given to it. A machine
 * with another one, or none, lacks them: its making was cut short, or the lab file, the key or a password is another now.
 * The passwords, of 80 random bits each, cannot be found out from it.
 */
export function digestOf({ user, sudo, authorizedKey, passwords }: Logins): string {
  const words = JSON.stringify([user, sudo, authorizedKey, Object.entries(passwords).sort()]);
  return createHash("sha256").update(words).digest("hex").slice(0, 32);
}

/** Gives a machine its logins; run as root. Once more, it changes nothing. What else opens the machine stays. */
export const giveLogins = ({ user, sudo, authorizedKey, passwords }: Logins): Command => sh`
  set -e
  umask 077
  ${ensure({ name: user, sudo, shell: "/bin/bash", key: authorizedKey })}
  ${lines(
    Object.entries(passwords).map(
      ([name, password]) => sh`printf '%s:%s\n' ${name} ${new Secret(password)} | chpasswd`,
    ),
  )}`;
