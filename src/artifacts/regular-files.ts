import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Extract, extract } from "tar-stream";

/**
 * Unpacks the regular files of a tar that is written to it, each to the path that `fileOf` returns for it (relative,
 * without `.` and `..`). Files without such a path, or of more bytes, links and devices are left out, so that nothing in an archive from
 * elsewhere can point out of the folder that it is unpacked into.
 */
export function regularFiles(
  fileOf: (path: string) => string | undefined,
  mode = 0o644,
  mostBytes = Number.POSITIVE_INFINITY,
): Extract {
  const tar = extract();
  tar.on("entry", (header, stream, next) => {
    // An absolute path has its `..` resolved, and cannot leave the root.
    const path = posix.normalize(`/${header.name}`).slice(1);
    const isWanted = header.type === "file" && (header.size ?? 0) <= mostBytes;
    const file = isWanted ? fileOf(path) : undefined;
    if (file === undefined) return stream.on("end", next).resume();
    mkdir(dirname(file), { recursive: true })
      .then(() => pipeline(stream, createWriteStream(file, { mode })))
      .then(() => next(), next);
  });
  return tar;
}
