import { execa } from "execa";
import { LabwrightError, messageOf } from "../errors.ts";

export interface ProgramOptions {
  cwd?: string;
  /** Added to this process's own environment. */
  env?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Milliseconds until the program and its children are ended. Default: no limit. */
  timeout?: number;
  /** Called with each line of standard output and standard error as it comes. */
  onLine?: (line: string) => void;
}

/** Process groups that we started and that still run; each has its leader's id. */
const running = new Set<number>();
process.on("exit", () => {
  for (const group of running) killGroup(group, "SIGKILL");
});

function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group has ended meanwhile.
  }
}

/** How long a compiler may take to clean up before it is killed, in milliseconds. */
const grace = 3000;

/**
 * Runs a program of this machine and returns its standard output without the final newline. On abort and time-out
 * its whole process group is ended, so that no compiler outlives our process.
 * Errors: `program-missing`, `program-failed` (with the end of its output), `interrupted`, `program-timeout`.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { cwd, env, signal, timeout, onLine } = options;
  signal?.throwIfAborted();
  const eachLine = function* (line: unknown) {
    onLine?.(String(line));
    yield line;
  };
  const child = execa(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    stdin: "ignore",
    stdout: onLine ? eachLine : "pipe",
    stderr: onLine ? eachLine : "pipe",
    // Its own process group: a signal to it reaches the compilers and linkers that `go` starts.
    detached: true,
    reject: false,
  });
  const watch = child.pid === undefined ? undefined : watchOver(child.pid, signal, timeout);
  try {
    const result = await child;
    signal?.throwIfAborted();
    if (result.exitCode === 0) return text(result.stdout);
    throw failure([file, ...args], result, watch?.timedOut() ? timeout : undefined);
  } finally {
    watch?.stop();
  }
}

/** Ends the group on abort or after the time-out, until watching is stopped. */
function watchOver(group: number, signal: AbortSignal | undefined, timeout: number | undefined) {
  const timers: NodeJS.Timeout[] = [];
  let timedOut = false;
  const end = () => {
    killGroup(group, "SIGTERM");
    timers.push(setTimeout(() => killGroup(group, "SIGKILL"), grace));
  };
  const endLate = () => {
    timedOut = true;
    end();
  };
  running.add(group);
  signal?.addEventListener("abort", end, { once: true });
  if (timeout !== undefined) timers.push(setTimeout(endLate, timeout));
  return {
    timedOut: () => timedOut,
    stop: () => {
      running.delete(group);
      signal?.removeEventListener("abort", end);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Transformed streams come as a list of lines. */
const text = (output: unknown): string => (Array.isArray(output) ? output.join("\n") : String(output ?? ""));

interface Ended {
  exitCode?: number | undefined;
  signal?: string | undefined;
  code?: string | undefined;
  stdout: unknown;
  stderr: unknown;
  cause?: unknown;
}

/** `late` is the time-out in milliseconds, if that is what ended the program. */
function failure(commandLine: readonly string[], ended: Ended, late: number | undefined): LabwrightError {
  const file = commandLine[0] ?? "";
  if (ended.code === "ENOENT") {
    return new LabwrightError({
      code: "program-missing",
      message: `the program ${file} is not installed on this computer`,
      remedy: `Install ${file}, or add its folder to PATH.`,
    });
  }
  const how =
    late !== undefined
      ? `took longer than ${Math.round(late / 1000)} s`
      : ended.signal === undefined
        ? `ended with code ${ended.exitCode}`
        : `was killed by ${ended.signal}`;
  const said = `${text(ended.stdout)}\n${text(ended.stderr)}`.trim().split("\n").slice(-30).join("\n");
  return new LabwrightError({
    code: late === undefined ? "program-failed" : "program-timeout",
    message: `${commandLine.slice(0, 3).join(" ")} ${how}`,
    remedy: "Correct what its output below reports, then run the command again.",
    output: ended.code === undefined ? said : messageOf(ended.cause),
  });
}
