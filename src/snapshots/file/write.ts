import { link, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { exitCode, isCode, LabwrightError, messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { draftOf, removeDeadDrafts } from "../../local/replace-file.ts";

/** Throws (exit code 2) if a file cannot be written under that name. Removes what killed runs have left of it. */
export async function assertWritable(file: string): Promise<void> {
  const folder = dirname(file);
  if (!(await isFolder(folder))) throw refused(`there is no folder ${folder}`, "Create the folder.");
  if (
    await stat(file).then(
      () => true,
      () => false,
    )
  )
    throw exists(file);
  await removeDeadDrafts(file);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (one) => one.isDirectory(),
    () => false,
  );

/** Writes a file that only the user can read, completely or not at all, and replaces none. Returns its size in bytes. */
export async function writeNew(
  file: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const draft = draftOf(file);
  try {
    const handle = await open(draft, "wx", 0o600);
    let size = 0;
    try {
      for await (const bytes of content) {
        assertNotInterrupted(signal);
        await handle.writeFile(bytes);
        size += bytes.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(draft, file);
    return size;
  } catch (error) {
    if (isCode(error, "ENOSPC", "EFBIG", "EACCES", "EROFS", "EDQUOT", "EPERM", "EIO"))
      throw refused(
        `${file} cannot be written: ${messageOf(error)}`,
        "Name a file in another folder.",
        error,
      );
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Unlike a rename, a link never replaces a file that was created meanwhile. */
async function publish(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (isCode(error, "EEXIST")) throw exists(file);
    // The file system of a memory stick has no links.
    await rename(draft, file);
  }
}

const exists = (file: string): LabwrightError =>
  refused(`${file} exists already`, "Name another file, or remove this one.");

const refused = (message: string, remedy: string, cause?: unknown): LabwrightError =>
  new LabwrightError({ code: "not-written", message, remedy, cause, exit: exitCode.usage });
