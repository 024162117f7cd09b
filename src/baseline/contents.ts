import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { regularFiles } from "../artifacts/regular-files.ts";
import type { Inventory } from "../engine/observe.ts";
import { setName } from "../lab/machine-set.ts";
import { sha256OfFile } from "../local/hash.ts";
import type { FoundThere } from "../recording/record.ts";
import type { Recording } from "../recording/types.ts";
import { baselineFolder } from "./baseline.ts";
import { labRecorders } from "./recorders.ts";

/**
 * Contents of items, in files named after the hash at the end of an item's value: items of equal content share one, whichever
 * machine they are of. Only the owner may read them: they are Secrets and password hashes too.
 */
const folderOf = (lab: string): string => join(baselineFolder(lab), "contents");

/** The hash in an item's value; undefined if the value is all there is to know, or too large to be kept. */
export const hashIn = (value: string): string | undefined => /(?:^| )([0-9a-f]{16})$/.exec(value)?.[1];

/** Keeps the contents of items that are not kept yet: those that were read, and files, which are fetched. */
export async function keepContents(inventory: Inventory, found: readonly FoundThere[]): Promise<void> {
  const folder = folderOf(setName(inventory.lab));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = new Set(await readdir(folder));
  const missing = new Map<string, FoundThere>();
  for (const item of found) {
    const hash = hashIn(item.value);
    if (hash !== undefined && !kept.has(hash) && !missing.has(hash)) missing.set(hash, item);
  }
  const read = [...missing].filter(([, { content }]) => content !== undefined);
  await Promise.all(
    read.map(async ([hash, { content = "" }]) => {
      await writeFile(join(folder, `.${hash}`), content, { mode: 0o600 });
      // A file under its name is whole.
      await rename(join(folder, `.${hash}`), join(folder, hash));
    }),
  );
  const files = [...missing.values()].filter(
    ({ content, name }) => content === undefined && !/\n/.test(name),
  );
  await Promise.all(
    [...Map.groupBy(files, ({ machine }) => machine)].map(([machine, items]) =>
      keepFiles(inventory, machine, items, folder),
    ),
  );
}

/** Of larger files only size and time are recorded, in bytes. */
const largest = 1024 * 1024;

/** A file that changes on the way has another hash than was recorded, and is not kept. */
async function keepFiles(
  inventory: Inventory,
  machine: string,
  items: readonly FoundThere[],
  folder: string,
): Promise<void> {
  const hashes = new Map(items.map(({ name, value }) => [name.slice(1), hashIn(value) ?? ""]));
  const draft = await mkdtemp(join(folder, ".fetched-"));
  try {
    const names = items.map(({ name }) => name);
    await fetchFiles(inventory, machine, names, (path) => join(draft, hashes.get(path) ?? ""));
    for (const hash of await readdir(draft)) {
      const found = await sha256OfFile(join(draft, hash));
      if (found.startsWith(hash)) await rename(join(draft, hash), join(folder, hash));
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Fetches regular files of up to a mebibyte, each to the path that `fileOf` returns for its own without the first slash (mode 600);
 * what the machine sends besides, or twice, is left out.
 */
export async function fetchFiles(
  inventory: Inventory,
  machine: string,
  names: readonly string[],
  fileOf: (path: string) => string,
): Promise<void> {
  const command = labRecorders.files?.fetch?.(names);
  if (!command) return;
  const { stdout } = await (await inventory.host(machine)).run(command);
  const archive = Readable.from([Buffer.from(stdout, "base64")]);
  const wanted = new Set(names.map((name) => name.slice(1)));
  const unpacked = regularFiles((path) => (wanted.delete(path) ? fileOf(path) : undefined), 0o600, largest);
  await pipeline(archive, createGunzip(), unpacked);
}

/** The content of an item, files' in base64; undefined if it has none or it was not kept. */
export async function contentOf(
  lab: string,
  { kind, value }: { kind: string; value: string },
): Promise<string | undefined> {
  const hash = hashIn(value);
  if (hash === undefined) return undefined;
  return readFile(join(folderOf(lab), hash), kind === "file" ? "base64" : "utf8").catch(() => undefined);
}

/** Removes contents that no item of these recordings has, and what a killed run left. */
export async function removeOtherContents(lab: string, recordings: readonly Recording[]): Promise<void> {
  const wanted = new Set(recordings.flatMap((one) => Object.values(one).map(hashIn)));
  const names = await readdir(folderOf(lab)).catch(() => []);
  await Promise.all(
    names
      .filter((name) => !wanted.has(name))
      .map((name) => rm(join(folderOf(lab), name), { recursive: true, force: true })),
  );
}
