import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { posix } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type Header, type Pack, pack } from "tar-stream";

/** What an entry of a tar says of itself; the rest has tar-stream's defaults. */
export type EntryHeader = Partial<Header> & Pick<Header, "name">;

import { sha256OfFile } from "../../local/hash.ts";

/** A path in an image, absolute. The owner is root if none is given. */
export type LayerEntry =
  | { type: "file"; path: string; from: { file: string } | { text: string }; mode: number; uid?: number }
  | { type: "directory"; path: string; mode: number; uid?: number }
  /** The same file under a second name. `target` is a path of the same layer. */
  | { type: "link"; path: string; target: string }
  | { type: "symlink"; path: string; target: string };

/** A layer is a tar that exists, or is made from entries. */
export type Layer = { tar: string } | { entries: LayerEntry[] };

/** Every file's time, so that equal content gives an equal layer: the epoch. */
const mtime = new Date(0);

/**
 * The headers that a layer's tar has, in its order: sorted by name, so that folders come before what is in them, and
 * links last, behind what they point at. Parents that nobody named are added with mode 0755. Sizes of files are left
 * to the writer.
 */
export function layerHeaders(entries: readonly LayerEntry[]): { header: EntryHeader; entry?: LayerEntry }[] {
  const named = new Map(entries.map((entry) => [entry.path, entry]));
  const paths = new Set(entries.flatMap(({ path }) => [path, ...parents(path)]));
  const isLink = (path: string) => named.get(path)?.type === "link";
  const sorted = [...paths].sort();
  return [...sorted.filter((path) => !isLink(path)), ...sorted.filter(isLink)].map((path) => {
    const entry = named.get(path);
    return entry ? { header: headerOf(entry), entry } : { header: folder(path, 0o755) };
  });
}

function parents(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === "/" ? [] : [parent, ...parents(parent)];
}

/** Tar names in images are relative to the root. */
const relative = (path: string): string => path.replace(/^\//, "");

const folder = (path: string, mode: number, uid = 0): EntryHeader => ({
  name: `${relative(path)}/`,
  type: "directory",
  mode,
  uid,
  gid: uid,
  mtime,
});

function headerOf(entry: LayerEntry): EntryHeader {
  const name = relative(entry.path);
  switch (entry.type) {
    case "directory":
      return folder(entry.path, entry.mode, entry.uid);
    case "file":
      return { name, type: "file", mode: entry.mode, uid: entry.uid ?? 0, gid: entry.uid ?? 0, mtime };
    case "link":
      return { name, type: "link", linkname: relative(entry.target), mode: 0o755, uid: 0, gid: 0, mtime };
    case "symlink":
      return { name, type: "symlink", linkname: entry.target, mode: 0o777, uid: 0, gid: 0, mtime };
  }
}

/** Writes a layer's tar to `file`; equal entries with equal content give the same bytes. */
export async function writeLayer(entries: readonly LayerEntry[], file: string): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file));
  const added = addAll(tar, entries).catch((error) => tar.destroy(error));
  await Promise.all([written, added]);
}

/** The same tar in memory: for the few small files that a container or a build is given. */
export async function tarOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const tar = pack();
  const added = addAll(tar, entries).catch((error) => tar.destroy(error));
  const [bytes] = await Promise.all([buffer(tar), added]);
  return bytes;
}

async function addAll(tar: Pack, entries: readonly LayerEntry[]): Promise<void> {
  for (const { header, entry } of layerHeaders(entries)) {
    if (entry?.type !== "file") await addEmpty(tar, header);
    else if ("text" in entry.from) await addText(tar, header, entry.from.text);
    else await addFile(tar, header, entry.from.file);
  }
  tar.finalize();
}

export const addEmpty = (tar: Pack, header: EntryHeader): Promise<void> =>
  new Promise((done, fail) => tar.entry(header, (error) => (error ? fail(error) : done())));

export const addText = (tar: Pack, header: EntryHeader, text: string | Buffer): Promise<void> =>
  new Promise((done, fail) => tar.entry(header, text, (error) => (error ? fail(error) : done())));

/** Streams a file into a tar; its size is taken from the file system. */
export async function addFile(tar: Pack, header: EntryHeader, file: string): Promise<void> {
  const { size } = await stat(file);
  await pipeline(createReadStream(file), tar.entry({ ...header, size }));
}

/** A layer's identity in image configurations: the hash of its uncompressed tar. */
export const diffId = async (tar: string): Promise<string> => `sha256:${await sha256OfFile(tar)}`;
