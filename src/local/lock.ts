import { randomUUID } from "node:crypto";
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { LabwrightError } from "../errors.ts";
import { isAlive, processSpace, startOf } from "./process-start.ts";

/** Who holds a lock. */
interface Holder {
  /** Different for every lock that was ever taken. */
  id: string;
  pid: number;
  host: string;
  /** `processSpace` of the process, or empty; absent if an older labwright holds it, which gives no signs of life. */
  space?: string;
  /** When the process started, as its system tells it: a process number alone comes again. */
  start: string;
  /** What it does: `labwright up`. */
  command: string;
  /** ISO 8601. */
  since: string;
}

const rootName = "lock";
const draftName = "lock-draft";

/** How often a holder shows that it lives, in milliseconds. */
const beat = 10_000;

/** How old the last sign of life of a process that cannot be looked at may be, in milliseconds. */
const patience = 5 * 60_000;

/** A draft lives for moments; one that is older, in milliseconds, was left by a killed process. */
const oldDraft = 60_000;

/**
 * Runs `work` while no other run on this computer, or on one that shares the folder, holds the lab whose folder
 * this is. Throws at once a LabwrightError `lab-locked` that names the holder. The lock goes with the work, and
 * with the process; what a killed process left is taken over.
 *
 * A lock is a file that names its holder, made in one step by link(2), which never replaces. A dead run's file is
 * not removed to take the lock over, for that could hit the file of one who was faster; instead, a file named
 * after the dead lock's id is made, which only one can do, and so on: a chain of dead locks, at whose end the
 * holder stands. It ends with removing the first file first. So whoever makes a later file sees by the first
 * whether the chain still stands.
 */
export async function withLock<T>(
  folder: string,
  { command }: { command: string },
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = take(folder, command);
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

function take(folder: string, command: string): () => void {
  const host = hostname();
  const start = startOf(process.pid) ?? "unknown";
  const mine: Holder = {
    id: randomUUID(),
    pid: process.pid,
    host,
    space: processSpace() ?? "",
    start,
    command,
    since: new Date().toISOString(),
  };
  for (;;) {
    const files = claim(folder, mine);
    if (!files) continue;
    sweep(folder, files);
    const name = files.at(-1) ?? rootName;
    const beating = setInterval(() => touch(join(folder, name)), beat).unref();
    return () => {
      clearInterval(beating);
      for (const file of files) rmSync(join(folder, file), { force: true });
    };
  }
}

/** The files of the chain, the first first. Undefined where others changed it meanwhile: it must be tried again. */
function claim(folder: string, mine: Holder): string[] | undefined {
  const files: string[] = [];
  let root = mine.id;
  for (let name = rootName; ; ) {
    files.push(name);
    if (make(folder, name, mine)) {
      const isWhole = name === rootName || read(folder, rootName)?.id === root;
      if (isWhole) return files;
      rmSync(join(folder, name), { force: true });
      return undefined;
    }
    const holder = read(folder, name);
    if (!holder) return undefined;
    if (isHeld(folder, name, holder, mine)) throw labLocked(folder, holder);
    if (name === rootName) root = holder.id;
    name = `${rootName}.${holder.id}`;
  }
}

/**
 * Whether a lock's holder lives. A process of another computer or container cannot be looked at: it shows that it lives by
 * the time of its lock file. This computer's name may have changed since.
 */
function isHeld(folder: string, name: string, holder: Holder, { host, space }: Holder): boolean {
  const isHere = holder.host === host || (holder.space && holder.space === space);
  if (isHere) return isAlive(holder.pid, holder.start);
  return holder.space === undefined || !isSilent(folder, name);
}

/** Times are those of the folder's own file system: another computer may have another clock. */
function isSilent(folder: string, name: string): boolean {
  const now = join(folder, `${draftName}.${randomUUID()}`);
  try {
    writeFileSync(now, "", { mode: 0o600 });
    const seen = statSync(join(folder, name), { throwIfNoEntry: false });
    return seen !== undefined && statSync(now).mtimeMs - seen.mtimeMs > patience;
  } finally {
    rmSync(now, { force: true });
  }
}

/** Gives a lock file a new time by its file system's clock: its first byte is written again. */
function touch(file: string): void {
  try {
    const lock = openSync(file, "r+");
    try {
      writeSync(lock, "{", 0);
    } finally {
      closeSync(lock);
    }
  } catch {
    // The folder has gone with the lab, or is out of reach for the moment.
  }
}

/** Makes a lock file with all that is in it at once. False where there is one. */
function make(folder: string, name: string, holder: Holder): boolean {
  const draft = join(folder, `${draftName}.${holder.id}`);
  writeFileSync(draft, `${JSON.stringify(holder, undefined, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, join(folder, name));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Undefined where the file is gone. A file that is no lock of ours was damaged; it is nobody's. */
function read(folder: string, name: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, name), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return parse(text);
}

function parse(text: string): Holder {
  const nobody: Holder = { id: "damaged", pid: 0, host: hostname(), start: "", command: "", since: "" };
  try {
    const found: Partial<Holder> = JSON.parse(text);
    return { ...nobody, ...found };
  } catch {
    return nobody;
  }
}

/** Removes what dead runs left besides the chain at whose end we stand. */
function sweep(folder: string, files: readonly string[]): void {
  for (const name of readdirSync(folder)) {
    const isLeft = name.startsWith(`${rootName}.`) && !files.includes(name);
    if (isLeft || (name.startsWith(draftName) && isOld(join(folder, name))))
      rmSync(join(folder, name), { force: true });
  }
}

function isOld(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > oldDraft;
}

const labLocked = (folder: string, { pid, host, command, since }: Holder): LabwrightError =>
  new LabwrightError({
    code: "lab-locked",
    message: `the lab ${basename(folder)} is in use: \`${command}\` (process ${pid} on ${host}) works on it since ${since}`,
    remedy: `wait until it is done, or stop it with Ctrl-C (or \`kill ${pid}\` on ${host})`,
  });
