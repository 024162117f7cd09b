import {
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { isCode } from "../errors.ts";
import { type Holder, judge, type LockFile, readLock } from "./lock-holder.ts";

/** A lock that someone else holds. */
export interface Held {
  /** The file to remove if its holder is known to be gone. */
  file: string;
  found: LockFile;
  /** Whether its process is known to be alive; otherwise it cannot be checked from here. */
  isSeen: boolean;
}

/** The files of a lock that is ours, in order. */
export interface Chain {
  files: readonly string[];
}

/** A draft exists for moments; an older one, in milliseconds, was left by a killed process. */
const oldDraft = 60_000;

const draftOf = (root: string, { id }: Holder): string => `${root}-draft.${id}`;

/**
 * Takes the lock whose first file is `root`, unless someone else holds it. Undefined if others changed the chain meanwhile:
 * try again.
 *
 * A lock is a file that names its holder, created in one step by link(2), which never replaces. A dead run's file is
 * not removed to take the lock over, because that could remove the file of a faster run; instead, a file named
 * after the dead lock's id is created, which only one run can do, and so on: a chain of dead locks, with the holder
 * at its end. The end of the lock removes the first file first. So a run that creates a later file sees by the first
 * whether the chain is still valid.
 */
export function takeChain(root: string, own: Holder): Chain | Held | undefined {
  const files: string[] = [];
  let first = own.id;
  for (let file = root; ; ) {
    files.push(file);
    if (make(file, draftOf(root, own), own)) {
      if (file === root || readLock(root)?.id === first) return { files };
      rmSync(file, { force: true });
      return undefined;
    }
    const found = readLock(file);
    if (!found) return undefined;
    const verdict = judge(file, found, own, `${draftOf(root, own)}.now`);
    if (verdict !== "dead") return { file, found, isSeen: verdict === "alive" };
    if (file === root) first = found.id;
    file = `${root}.${found.id}`;
  }
}

/** Who holds the lock whose first file is `root`; undefined if nobody does. */
export function holderIn(root: string, own: Holder): LockFile | undefined {
  for (let file = root; ; ) {
    const found = readLock(file);
    if (!found || judge(file, found, own, `${draftOf(root, own)}.now`) !== "dead") return found;
    file = `${root}.${found.id}`;
  }
}

/** Creates a lock file with all its content at once. False if it exists. */
function make(file: string, draft: string, own: Holder): boolean {
  const text = `${JSON.stringify(own, undefined, 2)}\n`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkOr(() => writeFileSync(file, text, { mode: 0o600, flag: "wx" }), draft, file);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** FAT, and some folders that are shared with a virtual machine, have no links. A half-written file has no owner yet. */
function linkOr(write: () => void, draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, "EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP")) throw error;
    write();
  }
}

export function releaseChain({ files }: Chain): void {
  for (const file of files) rmSync(file, { force: true });
}

/** Shows that the holder is alive: rewriting the file's first byte gives it a new time by its file system's clock. */
export function touchChain({ files }: Chain): void {
  try {
    const lock = openSync(files.at(-1) ?? "", "r+");
    try {
      writeSync(lock, "{", 0);
    } finally {
      closeSync(lock);
    }
  } catch {
    // The folder was removed with the lab, or is unreachable for the moment.
  }
}

/** Removes what dead runs left besides the chain that ends with our file. */
export function sweepBeside({ files: [root = "", ...files] }: Chain): void {
  for (const name of readdirSync(dirname(root))) {
    const file = join(dirname(root), name);
    const isLeft =
      (isNamed(root, ".", name) && !files.includes(file) && isOurs(file)) ||
      (isNamed(root, "-draft.", name) && isOld(file));
    if (isLeft) rmSync(file, { force: true });
  }
}

const isNamed = (root: string, mark: string, name: string): boolean =>
  name.startsWith(`${basename(root)}${mark}`);

/** The folder may hold other files: a copy of a kubeconfig's lock, for example. */
function isOurs(file: string): boolean {
  const found = readLock(file);
  return typeof found?.owner === "object";
}

function isOld(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > oldDraft;
}
