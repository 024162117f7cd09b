import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join, posix } from "node:path";
import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { LabwrightError } from "../../errors.ts";
import { regularFiles } from "../regular-files.ts";

/** Where packages keep programs. */
const programFolders =
  /^(usr\/)?(local\/)?(s?bin|libexec\/docker\/cli-plugins|lib\/docker\/cli-plugins)$|^opt\/cni\/bin$/;

/**
 * Unpacks the programs of a Debian package into a folder, by the last part of their names: regular files only, so that
 * nothing in a package can point elsewhere. deb(5): an ar(5) archive whose member `data.tar.*` has the files. Returns
 * the names. Throws `bad-package`.
 */
export async function unpackPrograms(file: string, folder: string): Promise<string[]> {
  const member = await dataMember(file);
  const members: string[] = [];
  const tar = regularFiles((path) => {
    if (!programFolders.test(posix.dirname(path))) return undefined;
    const name = posix.basename(path);
    members.push(name);
    return join(folder, name);
  }, 0o755);
  const raw = createReadStream(file, { start: member.offset, end: member.offset + member.size - 1 });
  try {
    if (member.name.endsWith(".xz")) {
      const { XzReadableStream } = (await import("xz-decompress")).default;
      await pipeline(Readable.fromWeb(new XzReadableStream(Readable.toWeb(raw))), tar);
    } else await pipeline([raw, ...decompressor(file, member.name), tar]);
  } catch (cause) {
    throw badPackage(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  return members;
}

function decompressor(file: string, name: string): Transform[] {
  if (name === "data.tar") return [];
  if (name === "data.tar.gz") return [createGunzip()];
  if (name === "data.tar.zst") return [createZstdDecompress()];
  throw badPackage(file, `its ${name} has an unknown compression`);
}

const headerSize = 60;

async function dataMember(file: string): Promise<{ name: string; offset: number; size: number }> {
  const handle = await open(file);
  try {
    const header = Buffer.alloc(headerSize);
    await handle.read(header, 0, 8, 0);
    if (header.toString("latin1", 0, 8) !== "!<arch>\n") throw badPackage(file, "it is not an ar archive");
    for (let at = 8; ; ) {
      const { bytesRead } = await handle.read(header, 0, headerSize, at);
      if (bytesRead < headerSize) throw badPackage(file, "it has no data.tar");
      const name = header.toString("latin1", 0, 16).trim().replace(/\/$/, "");
      const size = Number(header.toString("latin1", 48, 58));
      if (name.startsWith("data.tar")) return { name, offset: at + headerSize, size };
      // Members begin at even places.
      at += headerSize + size + (size % 2);
    }
  } finally {
    await handle.close();
  }
}

const badPackage = (file: string, why: string, cause?: unknown): LabwrightError =>
  new LabwrightError({
    code: "bad-package",
    message: `could not unpack the Debian package ${posix.basename(file)}: ${why}`,
    remedy: "Run the command again; if it fails again, use another mirror.",
    cause,
  });
