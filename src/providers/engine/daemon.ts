import { readFile } from "node:fs/promises";
import { type Command, sh } from "../../hosts/sh.ts";

/**
 * The process number in the file of a daemon that we started, while it runs. A number that a killed daemon left may be
 * another program's now.
 */
export async function pidOf(program: string, file: string): Promise<number | undefined> {
  const pid = Number(await readFile(file, "utf8").catch(() => ""));
  const running = pid ? await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "") : "";
  return running.trim() === program ? pid : undefined;
}

/**
 * Waits until a daemon that was just started answers `ask`. If it does not within about 30 seconds, prints the end of its
 * logs and fails. The daemon outlives the run that starts it; `doctor --stop-engine` stops it.
 */
export const untilAnswers = (ask: Command, logs: readonly string[]): Command => sh`(
    for try in $(seq 150); do
      ${ask} >/dev/null 2>&1 && exit 0
      sleep 0.2
    done
    tail -n 20 ${logs} >&2
    exit 1)`;

/**
 * Waits until a daemon that was told to stop is gone, and removes the mounts that it leaves in its folders: Docker's is
 * a mount of the folder on itself, and as long as it exists the folder cannot be removed. Fails if the daemon runs for 30
 * more seconds.
 */
export const untilGone = (pid: number, folders: readonly string[]): Command => sh`
  for try in $(seq 150); do kill -0 ${pid} 2>/dev/null || break; sleep 0.2; done
  if kill -0 ${pid} 2>/dev/null; then
    echo ${`process ${pid} goes on`} >&2
    exit 1
  fi
  for folder in ${folders}; do
    for place in $(awk -v folder="$folder/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | sort -r); do
      umount "$place"
    done
  done`;
