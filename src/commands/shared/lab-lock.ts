import { mkdir } from "node:fs/promises";
import { withLock } from "../../engine/lock.ts";
import { labFolder } from "../../paths.ts";
import type { Session } from "./session.ts";

/** Runs `work` while no other run works on the lab; makes its folder. Throws `lab-locked` where one does. */
export async function withLabLock<T>({ lab }: Session, command: string, work: () => Promise<T>): Promise<T> {
  await mkdir(labFolder(lab.name), { recursive: true, mode: 0o700 });
  return withLock(labFolder(lab.name), { command }, work);
}
