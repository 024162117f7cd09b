import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import * as z from "zod";
import { isCode, messageOf } from "../errors.ts";
import { isAlive, processSpace, startOf } from "./process-start.ts";

const holderSchema = z.object({
  /** Different for every lock that was ever taken. */
  id: z.string(),
  pid: z.number(),
  host: z.string(),
  /** `processSpace` of the process, or empty; absent if an older labwright holds it, which gives no signs of life. */
  space: z.string().optional(),
  /** When the process started, in its system's own form: process numbers are reused. */
  start: z.string(),
  /** Its command: `labwright up`. */
  command: z.string(),
  /** ISO 8601. */
  since: z.string(),
});

/** The holder of a lock, as named in its file. */
export type Holder = z.infer<typeof holderSchema>;

/** A lock's file: of a labwright, of a program that writes nothing into it (kubectl), or one that is unreadable. */
export type LockFile =
  | { owner: Holder; id: string }
  | { owner: "unnamed"; id: string }
  | { owner: "unreadable"; id: string; reason: string };

/** `unknown`: the process cannot be checked, so it counts as alive. */
export type Verdict = "alive" | "dead" | "unknown";

/** How old the last sign of life of a process on another computer may be, in milliseconds. */
const patience = 5 * 60_000;

/**
 * How old a file without an owner may be, in milliseconds. kubectl creates an empty `config.lock` with O_EXCL, holds it for
 * one short write, and fails if it exists (client-go, tools/clientcmd/loader.go, `lockFile`).
 */
const unnamedPatience = 10_000;

export function newHolder(command: string): Holder {
  return {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    space: processSpace() ?? "",
    start: startOf(process.pid) ?? "unknown",
    command,
    since: new Date().toISOString(),
  };
}

/** Undefined if the file is gone. */
export function readLock(file: string): LockFile | undefined {
  try {
    const { ino, mtimeMs } = statSync(file);
    // A file without an owner is identified by its inode and its time.
    const id = `unnamed-${ino}-${Math.trunc(mtimeMs)}`;
    try {
      return parsed(readFileSync(file, "utf8")) ?? { owner: "unnamed", id };
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      return { owner: "unreadable", id, reason: messageOf(error) };
    }
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function parsed(text: string): LockFile | undefined {
  try {
    const owner = holderSchema.parse(JSON.parse(text));
    return { owner, id: owner.id };
  } catch {
    return undefined;
  }
}

/** Whether a lock's holder is alive, as far as `own` can know. `draft` is a path beside the lock for a temporary file. */
export function judge(file: string, { owner }: LockFile, own: Holder, draft: string): Verdict {
  if (owner === "unreadable") return "unknown";
  if (owner === "unnamed") return isSilent(file, draft, unnamedPatience) ? "dead" : "unknown";
  if (isHere(owner, own)) return isAlive(owner.pid, owner.start) ? "alive" : "dead";
  return owner.space !== undefined && isSilent(file, draft, patience) ? "dead" : "unknown";
}

/**
 * Whether the holder's process number is one of ours. This computer's name may have changed since, and a container with
 * the computer's own name has separate process numbers.
 */
function isHere({ host, space }: Holder, own: Holder): boolean {
  if (space && space === own.space) return true;
  const isContainer = space && own.space && bootOf(space) === bootOf(own.space);
  return host === own.host && !isContainer;
}

const bootOf = (space: string): string | undefined => space.split(" ")[0];

/** Times are those of the folder's own file system: another computer may have another clock. */
function isSilent(file: string, draft: string, longest: number): boolean {
  try {
    writeFileSync(draft, "", { mode: 0o600 });
    const seen = statSync(file, { throwIfNoEntry: false });
    return seen !== undefined && statSync(draft).mtimeMs - seen.mtimeMs > longest;
  } finally {
    rmSync(draft, { force: true });
  }
}
