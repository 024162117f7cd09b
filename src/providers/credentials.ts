import { randomInt } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { z } from "zod";
import { LabwrightError } from "../errors.ts";
import { accountPasswords, loginPasswords } from "../lab/accounts.ts";
import type { Lab, Machine } from "../lab/types.ts";
import { writeJson } from "../local/json-file.ts";
import { textOf } from "../local/text-file.ts";
import { credentialsFile, labFolder } from "../paths.ts";

/** User → password, of one machine. */
export type Passwords = Readonly<Record<string, string>>;

/** Machine → its users' passwords. */
export type Credentials = Readonly<Record<string, Passwords>>;

const schema = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * The passwords generated for a lab, one for each account that needs one; stored in the lab's folder (0700, file 0600)
 * only. Missing ones, because the lab file asks for more or the file was lost, are generated. A provider
 * gives machines those of the login user and of root; further accounts get theirs from the step `user-accounts`. The
 * caller holds the lab's lock.
 */
export async function labCredentials(lab: Lab): Promise<Credentials> {
  const known = await keptCredentials(lab.name);
  const made = lab.machines.flatMap((machine): [string, Passwords][] => {
    const mine = known[machine.name] ?? {};
    const users = missingPasswords(lab, machine, known);
    if (users.length === 0) return [];
    return [[machine.name, { ...mine, ...Object.fromEntries(users.map((user) => [user, newPassword()])) }]];
  });
  if (made.length === 0) return known;
  const credentials = { ...known, ...Object.fromEntries(made) };
  await keep(lab.name, credentials);
  return credentials;
}

/** The accounts of a machine that need a password and have none yet. */
export const missingPasswords = (
  { provider }: Pick<Lab, "provider">,
  machine: Machine,
  credentials: Credentials,
): string[] =>
  [...loginPasswords(provider, machine), ...accountPasswords(machine)].filter(
    (user) => !Object.hasOwn(credentials[machine.name] ?? {}, user),
  );

/** The passwords that a provider gives a machine when it creates it: those of its login user and of root, if any. */
export const loginPasswordsIn = (credentials: Credentials, lab: Lab, machine: Machine): Passwords =>
  Object.fromEntries(
    loginPasswords(lab.provider, machine).flatMap((user) => {
      const password = credentials[machine.name]?.[user];
      return password === undefined ? [] : [[user, password]];
    }),
  );

/** The stored passwords of a lab; generates none. */
export async function keptCredentials(lab: string): Promise<Credentials> {
  const file = credentialsFile(lab);
  const text = (await textOf(file)) ?? "{}";
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // The cause would contain parts of the file.
    throw new LabwrightError({
      code: "credentials-broken",
      message: `could not read the passwords in ${file}`,
      remedy: "Delete the file, then run `labwright up`, which makes and sets new passwords.",
    });
  }
}

async function keep(lab: string, credentials: Credentials): Promise<void> {
  const file = credentialsFile(lab);
  await mkdir(labFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(file, credentials);
}

/** Letters and digits that cannot be confused: no 0, O, 1, l, I. */
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/** 80 random bits that a person can type: `k3fd-9wqp-x7mt-h2vn`. */
export const newPassword = (): string =>
  Array.from({ length: 4 }, () =>
    Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join(""),
  ).join("-");
