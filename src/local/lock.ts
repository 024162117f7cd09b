import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../errors.ts";
import {
  type Chain,
  type Held,
  holderIn,
  releaseChain,
  sweepBeside,
  takeChain,
  touchChain,
} from "./lock-chain.ts";
import { type Holder, newHolder } from "./lock-holder.ts";

export interface LockOptions {
  /** The code of the error if the lock is held. */
  code: string;
  /** The locked resource, for errors: `the lab basics`. */
  what: string;
  /** How long to wait for another holder, in milliseconds; by default not at all. */
  patience?: number;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
  /** Called once if another holds the lock and this one waits. */
  onWait?: (holder: string) => void;
}

/** How often a holder shows that it lives, in milliseconds. */
const beat = 10_000;

/** Between two attempts, in milliseconds: the first, and the longest. */
const pauses = { first: 20, longest: 250 };

const taken = new Set<Chain>();
process.once("exit", () => taken.forEach(releaseChain));

/**
 * Runs `work` while no other process of this computer, or of one that shares the folder, holds the lock `file`. The lock goes
 * with the work, and with the process; a killed process's lock is taken over. Throws a LabwrightError that names the
 * holder, or the file to remove, if the lock is held for longer than `patience`.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const chain = await take(file, options);
  taken.add(chain);
  const beating = setInterval(() => touchChain(chain), beat).unref();
  try {
    sweepBeside(chain);
    return await work();
  } finally {
    clearInterval(beating);
    taken.delete(chain);
    releaseChain(chain);
  }
}

/** The process that holds a lock; undefined if none does, or it does not say so. Takes nothing. */
export function holderOf(file: string): Holder | undefined {
  const owner = holderIn(file, newHolder(commandLine()))?.owner;
  return typeof owner === "object" ? owner : undefined;
}

async function take(file: string, options: LockOptions): Promise<Chain> {
  const { patience = 0, signal, onWait } = options;
  const own = newHolder(commandLine());
  const deadline = performance.now() + patience;
  let pause = 0;
  for (;;) {
    signal?.throwIfAborted();
    const result = takeChain(file, own);
    if (!result) continue;
    if ("files" in result) return result;
    if (performance.now() >= deadline) throw locked(options, result);
    if (pause === 0) onWait?.(named(result));
    pause = pause === 0 ? pauses.first : Math.min(pause * 2, pauses.longest);
    await sleep(pause, undefined, signal ? { signal } : {});
  }
}

/** The words before the first option: `labwright exercise start docker-macvlan`. */
function commandLine(): string {
  const words = process.argv.slice(2);
  const option = words.findIndex((word) => word.startsWith("-"));
  return ["labwright", ...words.slice(0, option < 0 ? undefined : option)].join(" ");
}

function named({ found: { owner } }: Held): string {
  if (typeof owner !== "object") return "another program";
  return `\`${owner.command}\` (process ${owner.pid} on ${owner.host})`;
}

function locked({ code, what }: LockOptions, held: Held): LabwrightError {
  const { file, found, isSeen } = held;
  const { owner } = found;
  const busy = `${what} is in use`;
  if (owner === "unreadable")
    return new LabwrightError({
      code,
      message: `${busy}: the owner of its lock ${file} cannot be read: ${found.reason}`,
      remedy: `Run the command again; if no labwright process uses it, delete ${file}.`,
    });
  if (owner === "unnamed")
    return new LabwrightError({
      code,
      message: `${busy}: its lock ${file} does not name an owner`,
      remedy: `Run the command again; if no process uses it, delete ${file}.`,
    });
  const message = `${busy}: ${named(held)} has been running since ${owner.since}`;
  if (isSeen)
    return new LabwrightError({
      code,
      message,
      remedy: `Wait until it is done, or stop it with Ctrl-C (or \`kill ${owner.pid}\`).`,
    });
  return new LabwrightError({
    code,
    message: `${message}, as far as this computer can see`,
    remedy: `Wait until it is done, or stop it on ${owner.host}; if it no longer runs there, delete ${file}.`,
  });
}
