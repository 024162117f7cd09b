import { lstat, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { exitCode, isCode, LabwrightError, messageOf } from "../errors.ts";
import { isThere } from "../is-there.ts";
import { isRunningAs, thisProcessWord } from "../local/process-name.ts";

/** How the folders begin in which a student's are prepared; the process that does it follows. */
const draft = ".labwright-export-";

/** The file that shows that an export has written a student's folder. */
export const stateFile = "state.json";

/**
 * Creates the folder of an export, or goes on in it, and removes what a killed export has left there. Throws `folder-unwritable` (exit
 * code 2).
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
    for (const name of await readdir(folder))
      if (name.startsWith(draft) && !isRunningAs(name.slice(draft.length)))
        await rm(join(folder, name), { recursive: true, force: true });
  } catch (cause) {
    if (!isCode(cause, "ENOENT", "ENOTDIR", "EACCES", "EROFS", "EPERM", "ENOSPC")) throw cause;
    throw new LabwrightError({
      code: "folder-unwritable",
      message: `could not write into ${folder}: ${messageOf(cause)}`,
      remedy: "For --labs, name a folder that you can write to, or a new one in such a folder.",
      cause,
      exit: exitCode.usage,
    });
  }
}

/**
 * Writes a student's folder as a whole: `write` is given an empty one (mode 700), which gets the student's name when it is done. Returns
 * false if an export has written it before; nothing is written then. Throws `folder-taken` (exit code 2) for any other one of that name.
 */
export async function writeStudentFolder(
  folder: string,
  student: string,
  write: (draft: string) => Promise<void>,
): Promise<boolean> {
  const to = join(folder, student);
  if (await isTaken(to)) {
    if (await isThere(join(to, stateFile))) return false;
    throw taken(to);
  }
  const from = await mkdtemp(join(folder, `${draft}${thisProcessWord()}-`));
  try {
    await write(from);
    await rename(from, to);
  } finally {
    await rm(from, { recursive: true, force: true });
  }
  return true;
}

/** A link that leads nowhere takes the name, too. */
const isTaken = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const taken = (folder: string): LabwrightError =>
  new LabwrightError({
    code: "folder-taken",
    message: `${folder} exists, and no \`labwright class export\` has written it`,
    remedy: "Name another folder for --labs, or move that one away.",
    exit: exitCode.usage,
  });
