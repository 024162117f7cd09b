import { readFile } from "node:fs/promises";

/**
 * The number in the file of a daemon that we started, while it runs. A number that a killed one left there may be another
 * program's by now.
 */
export async function pidOf(program: string, file: string): Promise<number | undefined> {
  const pid = Number(await readFile(file, "utf8").catch(() => ""));
  const running = pid ? await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "") : "";
  return running.trim() === program ? pid : undefined;
}
