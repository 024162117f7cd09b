import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { LabwrightError, messageOf } from "../errors.ts";
import type { RemoteFile } from "./types.ts";

/** Content up to this many bytes is held in memory, and travels within a script if it is text. */
export const smallContent = 64 * 1024;

export interface Content {
  /** In bytes. */
  size: number;
  /** All of it, if it is small or was given in memory. */
  bytes?: Buffer;
  /** When the local file was changed, in whole seconds since 1970; absent: the content is not a local file's. */
  changed?: number;
  /** The same in pieces. */
  pieces(): AsyncIterable<Buffer>;
}

/** The content to write. Throws `file-unreadable` if it is a local file that cannot be read. */
export async function contentOf(host: string, { path, content }: RemoteFile): Promise<Content> {
  if (typeof content === "string" || content instanceof Uint8Array) return inMemory(Buffer.from(content));
  const { localFile } = content;
  try {
    const { size, mtimeMs } = await stat(localFile);
    const changed = Math.floor(mtimeMs / 1000);
    if (size <= smallContent) return { ...inMemory(await readFile(localFile)), changed };
    return { size, changed, pieces: () => piecesOf(localFile, size) };
  } catch (error) {
    throw new LabwrightError({
      code: "file-unreadable",
      message: `${host}: could not read ${localFile}, to be written to ${path}: ${messageOf(error)}`,
      remedy: "Check that the file exists and that you can read it.",
      cause: error,
    });
  }
}

const inMemory = (bytes: Buffer): Content => ({
  size: bytes.length,
  bytes,
  pieces: async function* () {
    yield bytes;
  },
});

/**
 * The bytes of a file, which must have the size that it had at first. One piece is always held back, so that the last
 * one is passed on only when the size is certain; otherwise throws.
 */
async function* piecesOf(file: string, size: number): AsyncGenerator<Buffer> {
  let read = 0;
  let held: Buffer | undefined;
  for await (const piece of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    read += piece.length;
    if (held) yield held;
    held = piece;
    if (read > size) break;
  }
  if (read !== size) throw new Error(`${file} changed while it was being sent (it had ${size} bytes)`);
  if (held) yield held;
}
