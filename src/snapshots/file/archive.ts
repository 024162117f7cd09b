import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { buffer, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { isDeepStrictEqual } from "node:util";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import { extract, pack } from "tar-stream";
import { z } from "zod";
import { isCode, LabwrightError } from "../../errors.ts";
import type { SnapshotPart } from "../../providers/types.ts";
import { damaged, missing, notSnapshot } from "./errors.ts";

/*
 * A tar: `snapshot.json`; then each part as a compressed stream in pieces, because a tar has an entry's size before its content;
 * then `end.json` with the sums of all of it. So it is written and read in one go, in constant memory.
 */

const [headName, endName] = ["snapshot.json", "end.json"] as const;

/** In bytes. */
const pieceSize = 4 * 1024 * 1024;

/** The head and the end are small; a part's pieces have the size above. */
const largestEntry = 4 * pieceSize;

/** The two empty blocks at the end of a tar: POSIX pax(1). */
const trailer = Buffer.alloc(1024);

const endSchema = z.array(z.strictObject({ name: z.string(), size: z.number(), sha256: z.string() }));

type Sum = z.output<typeof endSchema>[number];

/** The bytes of an archive. */
export async function* archiveOf(
  head: unknown,
  parts: AsyncIterable<SnapshotPart>,
): AsyncGenerator<Uint8Array> {
  const sums: Sum[] = [];
  const first = Buffer.from(JSON.stringify(head));
  const ofHead = summing(headName);
  ofHead.add(first);
  sums.push(ofHead.whole());
  yield entryOf(headName, first);
  for await (const { name, content } of parts) {
    const sum = summing(name);
    let count = 0;
    for await (const piece of piecesOf(through(content, createZstdCompress()))) {
      sum.add(piece);
      yield entryOf(`${name}/${String(count++).padStart(6, "0")}`, piece);
    }
    sums.push(sum.whole());
  }
  yield entryOf(endName, Buffer.from(JSON.stringify(sums)));
  yield trailer;
}

async function entryOf(name: string, bytes: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name, mode: 0o600, mtime: new Date(0) }, bytes);
  tar.finalize();
  return (await buffer(tar)).subarray(0, -trailer.length);
}

async function* piecesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of content) {
    held.push(bytes);
    size += bytes.length;
    if (size < pieceSize) continue;
    yield Buffer.concat(held);
    [held, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(held);
}

function summing(name: string): { add(piece: Buffer): void; whole(): Sum } {
  const hash = createHash("sha256");
  let size = 0;
  return {
    add: (piece) => {
      hash.update(piece);
      size += piece.length;
    },
    whole: () => ({ name, size, sha256: hash.digest("hex") }),
  };
}

async function* through(
  content: AsyncIterable<Uint8Array>,
  by: NodeJS.ReadWriteStream & { destroy(): unknown },
): AsyncGenerator<Uint8Array> {
  const written = pipeline(content, by);
  // Reported by the reader below.
  written.catch(() => {});
  try {
    for await (const bytes of by) yield Buffer.from(bytes);
    await written;
  } finally {
    by.destroy();
  }
}

/** What an archive begins with. Throws `not-a-snapshot`. */
export async function headOf(file: string): Promise<unknown> {
  try {
    for await (const { name, bytes } of entriesIn(file))
      if (name === headName) return JSON.parse(bytes.toString());
      else break;
  } catch (cause) {
    throw isCode(cause, "ENOENT") ? missing(file) : notSnapshot(file, cause);
  }
  throw notSnapshot(file);
}

/** Reads all of an archive. Throws `snapshot-file-damaged` unless it is what was written. */
export async function assertWhole(file: string, onBytes: (count: number) => void): Promise<void> {
  const found: Sum[] = [];
  let wanted: Sum[] | undefined;
  let read = 0;
  const sumOf = async ({ name, pieces }: Packed): Promise<Sum> => {
    const sum = summing(name);
    for await (const piece of pieces) {
      sum.add(piece);
      read += piece.length;
      onBytes(read);
    }
    return sum.whole();
  };
  try {
    for await (const part of packedIn(file)) {
      if (wanted) throw damaged(file, `something follows its end: ${part.name}`);
      if (part.name === endName) wanted = endSchema.parse(JSON.parse(await text(part.pieces)));
      else found.push(await sumOf(part));
    }
  } catch (cause) {
    throw cause instanceof LabwrightError ? cause : damaged(file, "it cannot be read to its end", cause);
  }
  if (!wanted) throw damaged(file, "its end is missing");
  const bad = found.find((sum, index) => !isDeepStrictEqual(sum, wanted?.[index]));
  if (bad) throw damaged(file, `the content of ${bad.name} is another one`);
  if (found.length !== wanted.length) throw damaged(file, "a part is missing");
}

/** The parts of an archive between its head and its end, one after the other; a part that is not read is left out. */
export async function* partsIn(file: string): AsyncGenerator<SnapshotPart> {
  for await (const { name, pieces } of packedIn(file))
    if (name !== headName && name !== endName)
      yield { name, content: through(pieces, createZstdDecompress()) };
}

interface Packed {
  name: string;
  pieces: AsyncIterable<Buffer>;
}

async function* packedIn(file: string): AsyncGenerator<Packed> {
  const entries = entriesIn(file);
  try {
    let next = await entries.next();
    const rest = async function* (name: string): AsyncGenerator<Buffer> {
      while (!next.done && partOf(next.value.name) === name) {
        yield next.value.bytes;
        next = await entries.next();
      }
    };
    while (!next.done) {
      const name = partOf(next.value.name);
      yield { name, pieces: rest(name) };
      for await (const _ of rest(name));
    }
  } finally {
    await entries.return(undefined);
  }
}

const partOf = (entry: string): string => entry.replace(/\/\d{6}$/, "");

async function* entriesIn(file: string): AsyncGenerator<{ name: string; bytes: Buffer }> {
  const tar = extract();
  const read = pipeline(createReadStream(file), tar);
  // Reported by the reader below.
  read.catch(() => {});
  try {
    for await (const entry of tar) {
      const { name, size = 0 } = entry.header;
      if (size > largestEntry) throw damaged(file, `the entry ${name} is too large`);
      yield { name, bytes: await buffer(entry) };
    }
    await read;
  } finally {
    tar.destroy();
  }
}
