import { exitCode } from "../errors.ts";
import { interrupted } from "../interruption.ts";
import { tell } from "../ui/print.ts";

const heard = "stopping after the running tasks; press Ctrl-C again to stop at once";

/**
 * `npm start` passes on a Ctrl-C that the terminal has sent to us already (npm, @npmcli/run-script, signal-manager.js):
 * within so many milliseconds a second signal is the same one.
 */
const echo = 250;

const controller = new AbortController();
let say = (text: string): void => tell(`\n${text}\n`);
let heardAt: number | undefined;
let isTakenOver = false;

function hear(signal: NodeJS.Signals): void {
  if (isTakenOver) return;
  if (heardAt === undefined) {
    heardAt = Date.now();
    say(heard);
    controller.abort(interrupted());
    return;
  }
  // A terminal that closes sends SIGHUP more than once, which is not a wish to cut the work off.
  if (signal === "SIGHUP" || Date.now() - heardAt < echo) return;
  tell("stopped at once: what was running may be half done; run the same command again to go on\n");
  process.exit(exitCode.interrupted);
}

/**
 * The signal of this process's interruption. The first Ctrl-C, SIGTERM or SIGHUP asks the work to stop at the next
 * boundary between tasks; the second ends the process: commands on machines end with the connection.
 */
export function interruption(): AbortSignal {
  if (process.listenerCount("SIGHUP", hear) === 0)
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, hear);
  return controller.signal;
}

/** While `work` runs, `how` reports the first signal, because a live tree holds standard error back. */
export async function toldBy<T>(how: (text: string) => void, work: () => Promise<T>): Promise<T> {
  const before = say;
  say = how;
  try {
    return await work();
  } finally {
    say = before;
  }
}

/** While `work` runs, it handles signals itself: those of a terminal on a machine are the machine's. */
export async function withoutInterruption<T>(work: () => Promise<T>): Promise<T> {
  isTakenOver = true;
  try {
    return await work();
  } finally {
    isTakenOver = false;
  }
}
