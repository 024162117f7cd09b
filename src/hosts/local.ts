import { hostname } from "node:os";
import { resolve } from "node:path";
import { execa } from "execa";
import { LabwrightError } from "../errors.ts";
import type { Channel, Ending } from "./channel.ts";
import type { Place } from "./execute.ts";
import { bootstrap } from "./program.ts";
import { sh } from "./sh.ts";
import { shellHost } from "./shell-host.ts";
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

function openChannel(): Channel {
  // Its own session (`detached`), because the far end's watcher ends all of its session.
  const child = execa("sh", ["-c", bootstrap], {
    env: { PATH: `${process.env.PATH ?? ""}:${furtherFolders}` },
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

const shellMissing = (name: string, why: string): LabwrightError =>
  new LabwrightError({
    code: "shell-failed",
    message: `${name}: could not start a POSIX shell: ${why}`,
    remedy: "Check that `sh` is installed and in PATH.",
  });

/** Whether this computer has a program of that name. */
export const hasProgram = async (name: string): Promise<boolean> =>
  (await localHost().run(sh`command -v ${name}`, { accept: "any" })).code === 0;
