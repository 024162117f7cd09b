import { readFile, stat } from "node:fs/promises";
import { exitCode, isCode, LabwrightError, messageOf } from "../errors.ts";

/** How errors speak of a kind of file that a person writes. */
export interface FileWords {
  /** The errors' code. */
  code: string;
  /** `lab file`. */
  what: string;
  /** How one comes into being: ``write it with `labwright init` ``. */
  write: string;
  /** How to name another one; absent: with --file. */
  another?: string;
}

/** A lab of a hundred machines, each with every key and a comment, takes less than a tenth of this. */
const mostBytes = 1024 * 1024;

/** The text of a file that `--file` names. Throws (exit code 2) if it cannot be read, or is not text in UTF-8. */
export async function readFileOf(path: string, words: FileWords): Promise<string> {
  const { another = "name another with --file" } = words;
  const unreadable = (why: string, remedy: string, cause?: unknown) =>
    new LabwrightError({
      code: words.code,
      message: `the ${words.what} ${path} ${why}`,
      remedy,
      cause,
      exit: exitCode.usage,
    });
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw unreadable("is a folder", "name the file in it");
    const bytes = found.size > mostBytes ? undefined : await readFile(path);
    if (bytes === undefined || bytes.length > mostBytes)
      throw unreadable(
        `is larger than a mebibyte, and no ${words.what}`,
        `name the ${words.what}, or ${words.write}`,
      );
    const text = textIn(bytes);
    if (text === undefined)
      throw unreadable("is not text in UTF-8", `name the ${words.what}, or save it as UTF-8`);
    return text;
  } catch (error) {
    if (error instanceof LabwrightError) throw error;
    if (isCode(error, "ENOENT")) throw unreadable("does not exist", `${words.write}, or ${another}`, error);
    throw unreadable(`cannot be read: ${messageOf(error)}`, `make it readable for you, or ${another}`, error);
  }
}

/** Undefined if it is not UTF-8, or has a NUL in it. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
