import { hostname } from "node:os";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { isCode, LabwrightError } from "../errors.ts";
import { assertNotInterrupted } from "../interruption.ts";
import type { Channel, Ending } from "./channel.ts";
import type { Place } from "./execute.ts";
import { bootstrap } from "./program.ts";
import { type Command, sh } from "./sh.ts";
import { commandFailed, shellHost } from "./shell-host.ts";
import type { Host } from "./types.ts";

/** Administrators' programs are in folders that a user's PATH may lack. */
const furtherFolders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The code that shells return if a program was not found. */
const notStarted = 127;

/**
 * This machine, as the current user: not root unless that is root. A file is owned by its writer unless an owner is
 * given. Commands run in our own working folder, and end with our process, however that ends.
 */
export function localHost(): Host {
  const name = hostname();
  const place: Place = {
    name,
    open: async () => openChannel(),
    explainStart: (noise, ending) => shellMissing(name, noise || `code ${ending.code}`),
  };
  return shellHost({
    place,
    defaultOwner: undefined,
    resolvePath: (path) => resolve(path),
    close: async () => {},
  });
}

/** The variables of local commands besides this process's own. */
const environment = () => ({ PATH: `${process.env.PATH ?? ""}:${furtherFolders}` });

function openChannel(): Channel {
  // Its own session (`detached`), because the far end's watcher ends all of its session.
  const child = execa("sh", ["-c", bootstrap], {
    env: environment(),
    stdin: "pipe",
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
  });
  const { stdin, stdout, stderr } = child;
  const ended = child.then(
    ({ exitCode, signal }): Ending => (signal === undefined ? { code: exitCode ?? notStarted } : { signal }),
  );
  for (const stream of [stdin, stdout, stderr]) stream.on("error", () => {});
  const close = () => {
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  };
  return { stdin, stdout, stderr, ended, close };
}

export interface StreamOptions {
  /** The command's standard input. Default: none. */
  input?: AsyncIterable<Uint8Array>;
  signal?: AbortSignal | undefined;
}

/** How long a command may take to end, in milliseconds, before it is killed. */
const grace = 3000;

/**
 * Runs a command of this machine and yields what it prints, however long that is. Throws `command-failed`, or the error of
 * the input. The command is ended with the signal, or if nobody reads on.
 */
export async function* localStream(
  command: Command,
  { input, signal }: StreamOptions = {},
): AsyncGenerator<Uint8Array> {
  assertNotInterrupted(signal);
  const child = execa("sh", ["-c", command.reveal()], {
    env: environment(),
    stdin: input ? "pipe" : "ignore",
    buffer: { stdout: false },
    encoding: "buffer",
    // Its own process group: what the shell starts is ended with it.
    detached: true,
    cleanup: false,
    reject: false,
  });
  let kill: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child.pid, "SIGTERM");
    kill ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), grace);
  };
  signal?.addEventListener("abort", end, { once: true });
  let failure: unknown;
  let hasEnded = false;
  if (input && child.stdin)
    pipeline(input, child.stdin).catch((error: unknown) => {
      // A command that ends early closes its input, and its exit code is the reason then.
      if (isCode(error, "EPIPE", "ERR_STREAM_PREMATURE_CLOSE")) return;
      failure = error;
      end();
    });
  try {
    yield* child.stdout;
    const { exitCode: code = notStarted, stderr } = await child;
    hasEnded = true;
    assertNotInterrupted(signal);
    if (failure !== undefined) throw failure;
    const said = { code, stdout: "", stderr: Buffer.from(stderr).toString() };
    if (code !== 0) throw commandFailed(hostname(), command, said);
  } finally {
    signal?.removeEventListener("abort", end);
    if (!hasEnded) {
      end();
      await child;
    }
    clearTimeout(kill);
  }
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (leader !== undefined) process.kill(-leader, signal);
  } catch {
    // The group has ended meanwhile.
  }
}

const shellMissing = (name: string, why: string): LabwrightError =>
  new LabwrightError({
    code: "shell-failed",
    message: `${name}: could not start a POSIX shell: ${why}`,
    remedy: "Check that `sh` is installed and in PATH.",
  });

/** Whether this computer has a program of that name. */
export const hasProgram = async (name: string): Promise<boolean> =>
  (await localHost().run(sh`command -v ${name}`, { accept: "any" })).code === 0;
