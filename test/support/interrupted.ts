import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const main = join(import.meta.dirname, "../../src/main.ts");

/** What a test does to a command in the middle: `pipe` closes the reading end of its output. */
export type Interruption = NodeJS.Signals | "pipe";

export interface Interrupted {
  code: number | null;
  output: string;
  /** From the first signal to the end. */
  seconds: number;
}

export interface InTheMiddle {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Resolves once the command is in the middle; `over` says that it has ended. */
  until(over: () => boolean): Promise<void>;
  by: readonly Interruption[];
  /** Milliseconds between two of them. Default: longer than npm takes to pass a signal on that we have already. */
  pause?: number;
  /** Lets the command go on, after everything was sent. */
  goOn?: () => void;
}

/** Runs a command of labwright, interrupts it in the middle, and answers with how it ended. */
export async function interrupt({
  args,
  env,
  until,
  by,
  pause = 500,
  goOn,
}: InTheMiddle): Promise<Interrupted> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, CI: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      output += data;
    });
  const ended = once(child, "close");
  await until(() => child.exitCode !== null);
  if (child.exitCode !== null && by.length > 0) throw new Error(`it was never in the middle: ${output}`);
  const sent = Date.now();
  for (const [index, one] of by.entries()) {
    if (index > 0) await sleep(pause);
    if (one === "pipe") for (const stream of [child.stdout, child.stderr]) stream.destroy();
    else child.kill(one);
  }
  if (goOn) {
    // The signal has to be heard before the work goes on.
    await sleep(300);
    goOn();
  }
  const [code] = await ended;
  return { code, output, seconds: (Date.now() - sent) / 1000 };
}

/** How many words a command has: those of groups have two. */
export const wordsOf = ([first = ""]: readonly string[]): number =>
  ["class", "exercise", "certs", "etcd", "baseline", "snapshot", "spare"].includes(first) ? 2 : 1;

/** `labwright ARGS --file FILE`, with the option where each command takes it. */
export function onLab(file: string, args: readonly string[]): string[] {
  const words = wordsOf(args);
  return [...args.slice(0, words), "--file", file, ...args.slice(words)];
}
