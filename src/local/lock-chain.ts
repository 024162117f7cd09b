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
  /** The file to remove if its holder is known to have gone. */
  file: string;
  found: LockFile;
  /** Whether its process was seen to live; otherwise it cannot be looked at from here. */
  isSeen: boolean;
}

/** The files of a lock that is ours, the first first. */
export interface Chain {
  files: readonly string[];
}

/** A draft lives for moments; one that is older, in milliseconds, was left by a killed process. */
const oldDraft = 60_000;

const draftOf = (root: string, { id }: Holder): string => `${root}-draft.${id}`;

/**
 * Takes the lock whose first file is `root`, unless someone else holds it. Undefined if others changed the chain meanwhile:
 * it must be tried again.
 *
 * A lock is a file that names its holder, made in one step by link(2), which never replaces. A dead run's file is
 * not removed to take the lock over, for that could hit the file of one who was faster; instead, a file named
 * after the dead lock's id is made, which only one can do, and so on: a chain of dead locks, at whose end the
 * holder stands. It ends with removing the first file first. So whoever makes a later file sees by the first
 * whether the chain still stands.
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

/** Makes a lock file with all that is in it at once. False if there is one. */
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

/** FAT, and some folders that are shared with a virtual machine, have no links. A file half-written has no owner yet. */
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

/** Shows that the holder lives: its file gets a new time by its file system's clock, as its first byte is written again. */
export function touchChain({ files }: Chain): void {
  try {
    const lock = openSync(files.at(-1) ?? "", "r+");
    try {
      writeSync(lock, "{", 0);
    } finally {
      closeSync(lock);
    }
  } catch {
    // The folder has gone with the lab, or is out of reach for the moment.
  }
}

/** Removes what dead runs left besides the chain at whose end we stand. */
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
