import { readFile, stat } from "node:fs/promises";
import { LabwrightError, messageOf } from "../../errors.ts";
import type { Lab } from "../../lab/types.ts";
import type { Person } from "../types.ts";

/** The environment's variable that the password may come from. */
export const sudoPasswordVariable = "LABWRIGHT_SUDO_PASSWORD";

/**
 * The password that sudo asks for on the lab's hosts; undefined where no machine's sudo asks. It comes out of the file that
 * the person names, or else the environment, or else the person is asked. Throws `sudo-password` where none of them has it.
 */
export async function sudoPassword(lab: Lab, person: Person): Promise<string | undefined> {
  const asking = lab.machines.filter(({ sudo, user }) => sudo === "password" && user !== "root");
  if (asking.length === 0) return undefined;
  if (person.sudoPasswordFile !== undefined) return inFile(person.sudoPasswordFile);
  const given = inEnvironment();
  if (given !== undefined) return given;
  const whose = [...new Set(asking.map(({ user }) => user))].join(", ");
  const where = asking.map(({ name }) => name).join(", ");
  const typed = await person.askSecret?.(`sudo password of ${whose} on ${where}: `);
  if (typed) return typed;
  throw new LabwrightError({
    code: "sudo-password",
    message: `${where}: the lab file says that sudo asks ${whose} for a password, and there is none`,
    remedy: `name a file that holds it (\`--sudo-password-file FILE\`), put it into the environment variable ${sudoPasswordVariable}, or run the command on a terminal, where it is asked for`,
  });
}

let kept: string | undefined;

/** Taken out of the environment when it is first read, so that no program that we start here inherits it. */
function inEnvironment(): string | undefined {
  const given = process.env[sudoPasswordVariable];
  if (given !== undefined) kept = given;
  delete process.env[sudoPasswordVariable];
  return kept || undefined;
}

/** The one line of a file that nobody else can read. What is no regular file, such as a pipe, may be anybody's. */
async function inFile(file: string): Promise<string> {
  const unusable = (message: string, remedy: string, cause?: unknown) =>
    new LabwrightError({ code: "sudo-password", message: `${file} ${message}`, remedy, cause });
  try {
    const found = await stat(file);
    if (found.isFile() && (found.mode & 0o077) !== 0)
      throw unusable("holds a password, and others than you can use it", `chmod 600 ${file}`);
    const lines = (await readFile(file, "utf8")).replace(/\r?\n$/, "").split(/\r?\n/);
    if (lines.length === 1 && lines[0]) return lines[0];
    throw unusable("does not hold a password", "write the password into it, as its one line");
  } catch (error) {
    if (error instanceof LabwrightError) throw error;
    throw unusable(`cannot be read: ${messageOf(error)}`, "name a file that you can read", error);
  }
}
