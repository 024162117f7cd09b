import { createHash } from "node:crypto";
import { lstat, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { sh } from "../../src/hosts/sh.ts";
import type { MachineInfo } from "../../src/providers/types.ts";
import { on } from "./providers-look.ts";

/** Every file below a folder with its mode, the time of its last change, and its content's digest. */
export async function treeOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const { mode, mtimeMs } = await lstat(path);
    const content = entry.isFile() ? await readFile(path) : "";
    const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
    return `${relative(folder, path)} ${mode.toString(8)} ${mtimeMs} ${digest}`;
  });
  return (await Promise.all(lines)).sort();
}

/** What decides on a machine who gets in, digested. */
export const loginsOn = (found: MachineInfo): Promise<string> =>
  on(
    found,
    sh`cd / && find etc/passwd etc/shadow etc/group etc/sudoers.d etc/labwright root/.ssh home/*/.ssh -type f -exec sha256sum {} + | sort -k 2`,
  );

/** Runs work as somebody whose data folder is another one, which is empty at first; the work gets its path. */
export async function inOtherFolder<T>(
  environment: Record<string, string>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-contract-"));
  const before = { ...process.env };
  Object.assign(process.env, environment, { XDG_DATA_HOME: folder });
  try {
    return await work(folder);
  } finally {
    for (const name of ["XDG_DATA_HOME", ...Object.keys(environment)])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    await rm(folder, { recursive: true, force: true });
  }
}
