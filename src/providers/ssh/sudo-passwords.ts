import { readFile, stat } from "node:fs/promises";
import { LabwrightError, messageOf } from "../../errors.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import type { Prompter } from "../types.ts";

/** The environment variable for the passwords. */
export const sudoPasswordVariable = "LABWRIGHT_SUDO_PASSWORD";

/** The name of a machine → sudo's password there. */
export type SudoPasswords = ReadonlyMap<string, string>;

/**
 * The passwords for sudo on the lab's hosts; none if no machine's sudo asks. They come from the file that the
 * person names, or else from the environment, or else from a question: once for each user, because one user's password is
 * most often the same everywhere. Throws `sudo-password` if one is missing.
 */
export async function sudoPasswords(lab: Pick<Lab, "machines">, person: Prompter): Promise<SudoPasswords> {
  const asking = lab.machines.filter(({ sudo, user }) => sudo === "password" && user !== "root");
  if (asking.length === 0) return new Map();
  if (person.sudoPasswordFile !== undefined)
    return passwordsIn(await textOf(person.sudoPasswordFile), person.sudoPasswordFile, asking);
  const given = inEnvironment();
  if (given !== undefined) return passwordsIn(given, `the variable ${sudoPasswordVariable}`, asking);
  return typedBy(person, asking);
}

async function typedBy(person: Prompter, asking: readonly Machine[]): Promise<SudoPasswords> {
  const typed = new Map<string, string>();
  for (const [user, machines] of Map.groupBy(asking, (machine) => machine.user)) {
    const where = machines.map(({ name }) => name);
    const password = await person.askSecret?.(`sudo password of ${user} on ${where.join(", ")}: `);
    if (!password) throw nowhere(user, where.join(", "));
    for (const name of where) typed.set(name, password);
  }
  return typed;
}

const line = /^([^\s:]+): (.+)$/;

/**
 * One line is the password for all machines; several lines, or one that begins with the name of such a machine, are
 * one per machine: `stapp01: password`. `place` is where the text is from. No part of the text is ever printed.
 */
function passwordsIn(text: string, place: string, asking: readonly Machine[]): SudoPasswords {
  const lines = text.replace(/(\r?\n)+$/, "").split(/\r?\n/);
  const [first = ""] = lines;
  const names = asking.map(({ name }) => name);
  if (lines.length === 1 && !names.includes(line.exec(first)?.[1] ?? "")) {
    if (first === "") throw unusable(`${place} does not hold a password`, howToWrite);
    return new Map(names.map((name) => [name, first]));
  }
  const given = new Map<string, string>();
  for (const [index, one] of lines.entries()) {
    const [, name, password] = line.exec(one) ?? [];
    if (name === undefined || password === undefined)
      throw unusable(`line ${index + 1} of ${place} is not a machine and its password`, howToWrite);
    given.set(name, password);
  }
  const lacking = names.filter((name) => !given.has(name));
  if (lacking.length > 0)
    throw unusable(`${place} has no password for ${lacking.join(", ")}`, "Add a line for each of them.");
  return given;
}

const howToWrite =
  "Write one line with the password of all machines, or one line for each machine: `stapp01: password`.";

let kept: string | undefined;

/** Removed from the environment when it is first read, so that programs that we start do not inherit it. */
function inEnvironment(): string | undefined {
  const given = process.env[sudoPasswordVariable];
  if (given !== undefined) kept = given;
  delete process.env[sudoPasswordVariable];
  return kept || undefined;
}

/** The text of a file that nobody else can read. A pipe or another special file may belong to anybody. */
async function textOf(file: string): Promise<string> {
  try {
    const stats = await stat(file);
    if (stats.isFile() && (stats.mode & 0o077) !== 0)
      throw unusable(`${file} holds a password, and other users can read it`, `Run \`chmod 600 ${file}\`.`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof LabwrightError) throw error;
    throw unusable(`${file} cannot be read: ${messageOf(error)}`, "Name a file that you can read.", error);
  }
}

const unusable = (message: string, remedy: string, cause?: unknown): LabwrightError =>
  new LabwrightError({ code: "sudo-password", message, remedy, cause });

const nowhere = (user: string, where: string): LabwrightError =>
  unusable(
    `${where}: sudo asks ${user} for a password (\`sudo: password\` in the lab file), but none was given`,
    `Name a file with the password (\`--sudo-password-file FILE\`), set the environment variable ${sudoPasswordVariable}, or run the command on a terminal, which asks for it.`,
  );
