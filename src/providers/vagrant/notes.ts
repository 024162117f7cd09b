import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isThere } from "../../is-there.ts";
import { writeWhole } from "../../local/text-file.ts";
import { digestOf, type Logins } from "../machine/logins.ts";

/**
 * What is kept about one machine in Vagrant's own folder for it, which Vagrant empties when the machine is destroyed: so
 * that nothing is ever known about a machine that is not there any more.
 */
export interface Notes {
  /** Where a host key is pinned at first sight. */
  knownHosts: string;
  /** The keys that are pinned, whatever address they were seen at: Vagrant gives the ports of 127.0.0.1 to others again. */
  hostKeys: string[];
  /** Whether these logins were given to it. */
  has(logins: Logins): boolean;
  /** `digestOf` the logins that were given to it; empty if none were. */
  digest: string;
  given(logins: Logins): Promise<void>;
}

/** The notes of a machine that Vagrant has made; `folder` is VAGRANT_DOTFILE_PATH. */
export async function notesOf(folder: string, machine: string): Promise<Notes> {
  const mine = await dataFolder(folder, machine);
  const knownHosts = join(mine, "labwright-known-hosts");
  const digestFile = join(mine, "labwright-logins");
  const [hosts, digest] = await Promise.all(
    [knownHosts, digestFile].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  return {
    knownHosts,
    hostKeys: (hosts ?? "").split("\n").flatMap((line) => line.split(" ").slice(1).join(" ") || []),
    has: (logins) => digest === digestOf(logins),
    digest: digest ?? "",
    given: (logins) => writeWhole(digestFile, digestOf(logins)),
  };
}

/** Whether Vagrant has written down that the machine exists. */
export const isMade = async (folder: string, machine: string): Promise<boolean> =>
  isThere(join(await dataFolder(folder, machine), "id"));

/** `machines/<name>/<provider>`: that of the provider which has a machine there. */
async function dataFolder(folder: string, machine: string): Promise<string> {
  const place = join(folder, "machines", machine);
  for (const provider of await readdir(place).catch((): string[] => []))
    if (await isThere(join(place, provider, "id"))) return join(place, provider);
  return place;
}
