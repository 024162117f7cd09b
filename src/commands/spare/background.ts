import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { labArguments } from "../../session/command-line.ts";
import type { LabOptions, Session } from "../../session/session.ts";
import { sparesMaker } from "../../session/spares-lock.ts";
import { sparesFolder } from "../../spares/record.ts";
import { neededOf, setsIn, wantsSpares } from "./shared.ts";

/** What `spare refill` in the background printed last. */
const refillLog = (lab: string): string => join(sparesFolder(lab), "refill.log");

/**
 * Makes missing spares in another process, which goes on after this one has ended. Returns what a person should know about it,
 * without a full stop; undefined if there is nothing to do. The lab's lock is not held any more.
 */
export async function refillInBackground(
  session: Pick<Session, "lab" | "provider" | "file">,
  given: LabOptions,
): Promise<string | undefined> {
  const { lab, file } = session;
  const sets = setsIn(session);
  if (!sets || !wantsSpares(session)) return undefined;
  const { make, remove } = await neededOf(lab, sets);
  if (make.length + remove.length === 0) return undefined;
  const words = `spares are ${make.length > 0 ? "made" : "removed"} in the background, which \`labwright spare list\` shows`;
  // Whoever makes spares now looks once more before it ends.
  if (sparesMaker(lab.name)) return words;
  const [, program = ""] = process.argv;
  const options = labArguments({ ...given, file: resolve(file) });
  await mkdir(sparesFolder(lab.name), { recursive: true, mode: 0o700 });
  const log = await open(refillLog(lab.name), "w", 0o600);
  try {
    const args = [...process.execArgv, program, "spare", "refill", ...options];
    spawn(process.execPath, args, { detached: true, stdio: ["ignore", log.fd, log.fd] }).unref();
  } finally {
    await log.close();
  }
  return words;
}
