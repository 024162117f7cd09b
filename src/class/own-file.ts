import { lstat } from "node:fs/promises";
import { exitCode, isCode, LabwrightError, messageOf } from "../errors.ts";
import { replaceFile } from "../local/replace-file.ts";
import { textOf } from "../local/text-file.ts";

/** What a person asks a command to write. */
export interface OwnFile {
  file: string;
  text: string;
  /** Whether the command has written such a text. */
  isOwn(text: string): boolean;
  /** The command: `labwright class export`. */
  by: string;
}

/**
 * Writes a file that only the user can read (mode 600), or replaces what the same command has written into it. Throws (exit code 2)
 * `file-taken` for any other file, and `file-unwritable`.
 */
export async function writeOwnFile(own: OwnFile): Promise<void> {
  await write(own).catch((cause: unknown) => {
    if (!isCode(cause, "ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EROFS", "EPERM", "ENOSPC")) throw cause;
    throw new LabwrightError({
      code: "file-unwritable",
      message: `could not write ${own.file}: ${messageOf(cause)}`,
      remedy: "Name a file in a folder that exists and that you can write to.",
      cause,
      exit: exitCode.usage,
    });
  });
}

async function write({ file, text, isOwn, by }: OwnFile): Promise<void> {
  const known = await lstat(file).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (known && !known.isFile() && !known.isDirectory())
    throw new LabwrightError({
      code: "file-taken",
      message: `${file} is not a regular file`,
      remedy: "Name another file.",
      exit: exitCode.usage,
    });
  const before = known && (await textOf(file));
  if (before !== undefined && before !== "" && !isOwn(before))
    throw new LabwrightError({
      code: "file-taken",
      message: `${file} exists, and no \`${by}\` has written it`,
      remedy: "Name another file, or move that one away.",
      exit: exitCode.usage,
    });
  await replaceFile(file, text);
}
