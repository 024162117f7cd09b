import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exitCode, LabwrightError, messageOf } from "../errors.ts";
import type { Channel, Ending, OpenChannel } from "./channel.ts";
import { Frame } from "./framing.ts";
import { Collector, outputLimit, shortened } from "./output.ts";
import { announced, newMarks, program, type Work } from "./program.ts";
import type { Output, RunOptions } from "./types.ts";

export interface Job extends Work {
  /** Sent as the standard input of `receive`, once that runs. If it throws, the job is ended. */
  input?: AsyncIterable<Uint8Array>;
}

/** Where jobs run, and the reason there if a program ended before it began. */
export interface Place {
  readonly name: string;
  open: OpenChannel;
  /** Milliseconds until a program has begun. Default: a minute, which a busy machine's login shell may take. */
  startPatience?: number;
  explainStart(noise: string, ending: Ending): LabwrightError;
}

/** In milliseconds, as `RunOptions` has them. */
const defaults = { silence: 10 * 60_000, timeout: 2 * 60 * 60_000 };
const startPatience = 60_000;
/** How many bytes a login shell may print before a program begins: a greeting, and not the endless output of a loop. */
export const noiseLimit = 1024 * 1024;
/** How long the far end may take to end its processes: it asks them first, and kills them a second later. */
const farEndPatience = 3_000;

type Cut =
  | { reason: "timeout" | "silence"; limit: number }
  | { reason: "interrupted" | "too-large" }
  | { reason: "not-started"; words: string }
  | { reason: "input"; error: unknown };

/**
 * Runs a job in a place and returns its exit code. Ends the far processes, and throws, if time is up or nothing
 * has moved for too long (`command-timeout`), the signal is given (`interrupted`), a stream grows past `outputLimit`
 * (`output-too-large`), the connection is lost (`ssh-lost`), or the program never begins, because a login shell
 * prints for ever or sleeps.
 */
export async function execute(place: Place, job: Job, options: RunOptions): Promise<Output> {
  const { timeout = defaults.timeout, silence = defaults.silence, signal, onLine } = options;
  const patience = place.startPatience ?? startPatience;
  if (signal?.aborted) throw interrupted(place, job);
  const channel = await place.open(signal).catch((error: unknown) => {
    throw signal?.aborted ? interrupted(place, job) : error;
  });
  const marks = newMarks();
  const frames = { out: new Frame(marks), err: new Frame(marks) };
  const texts = { out: new Collector(onLine), err: new Collector(onLine) };
  const framed = Promise.withResolvers<"framed">();
  const started = Promise.withResolvers<void>();
  const cut = Promise.withResolvers<Cut>();
  const done = new AbortController();

  const limits = [
    setTimeout(() => cut.resolve({ reason: "timeout", limit: timeout }), timeout),
    setTimeout(() => cut.resolve({ reason: "silence", limit: silence }), silence),
    setTimeout(() => cut.resolve(notStarted(`nothing within ${patience / 1000} s`)), patience),
  ] as const;
  const moved = () => limits[1].refresh();
  started.promise.then(() => clearTimeout(limits[2]));

  const listen = (stream: Readable, frame: Frame, text: Collector) => {
    let received = 0;
    stream.on("data", (chunk: Buffer) => {
      moved();
      received += chunk.length;
      text.push(frame.push(chunk));
      if (frame.started) started.resolve();
      else if (received > noiseLimit) cut.resolve(notStarted("endless output"));
      if (received > outputLimit) cut.resolve({ reason: "too-large" });
      if (frames.out.code !== undefined && frames.err.code !== undefined) framed.resolve("framed");
    });
  };
  listen(channel.stdout, frames.out, texts.out);
  listen(channel.stderr, frames.err, texts.err);
  const abort = () => cut.resolve({ reason: "interrupted" });
  signal?.addEventListener("abort", abort, { once: true });

  try {
    channel.stdin.write(announced(program(job, marks)));
    if (job.input)
      send(telling(job.input, moved), channel, started.promise, done.signal).catch((error: unknown) =>
        cut.resolve({ reason: "input", error }),
      );
    const first = await Promise.race([framed.promise, channel.ended, cut.promise]);
    if (first !== "framed" && "reason" in first) {
      await endFarEnd(channel);
      const noise = `${frames.err.noise}${frames.out.noise}`;
      throw first.reason === "not-started"
        ? place.explainStart(`${noise.trimEnd()}\n${first.words}`.trim(), {})
        : cutShort(place, job, first);
    }
    if (first !== "framed" && frames.out.code === undefined)
      throw endedEarly(place, job, frames, texts, first);
    texts.out.finish();
    texts.err.finish();
    return { code: frames.out.code ?? 0, stdout: texts.out.text(), stderr: texts.err.text() };
  } finally {
    for (const limit of limits) clearTimeout(limit);
    signal?.removeEventListener("abort", abort);
    done.abort();
    leave(channel);
  }
}

/** The same pieces; each one that the channel reads counts as movement, since the one before it was sent. */
async function* telling(input: AsyncIterable<Uint8Array>, moved: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of input) {
    moved();
    yield piece;
  }
}

/** Sends the input, but not before the start: if sudo fails, none of it may be taken for a password. */
async function send(
  input: AsyncIterable<Uint8Array>,
  channel: Channel,
  started: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await started;
  await pipeline(input, channel.stdin, { end: false, signal });
}

/** Ends our side; a process left behind that still holds the channel's output must not keep the channel open. */
function leave(channel: Channel): void {
  channel.stdin.end();
  const timer = setTimeout(() => channel.close(), 500);
  channel.ended.then(() => clearTimeout(timer));
}

/** The end of its standard input makes the far end's watcher end the processes there. */
async function endFarEnd(channel: Channel): Promise<void> {
  channel.stdin.end();
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, farEndPatience);
  await Promise.race([channel.ended, patience.promise]);
  clearTimeout(timer);
  channel.close();
}

const interrupted = (place: Place, job: Job): LabwrightError =>
  new LabwrightError({
    code: "interrupted",
    message: `${place.name}: \`${shortened(job.script.shown)}\` was interrupted`,
    remedy: "Run the same command again: it continues where it stopped.",
    exit: exitCode.interrupted,
  });

const notStarted = (words: string): Cut => ({ reason: "not-started", words });

function cutShort(place: Place, job: Job, cut: Exclude<Cut, { reason: "not-started" }>): LabwrightError {
  const command = `${place.name}: \`${shortened(job.script.shown)}\``;
  if ("error" in cut)
    return new LabwrightError({
      code: "input-failed",
      message: `${command}: could not send the command's input: ${messageOf(cut.error)}`,
      remedy: "Check that the file exists, that you can read it, and that nothing changes it meanwhile.",
      cause: cut.error,
    });
  if (cut.reason === "interrupted") return interrupted(place, job);
  if ("limit" in cut)
    return new LabwrightError({
      code: "command-timeout",
      message:
        cut.reason === "silence"
          ? `${command} printed and read nothing for ${cut.limit / 1000} s and was stopped`
          : `${command} did not end within ${cut.limit / 1000} s and was stopped`,
      remedy: "Find out what the machine is waiting for, then run the command again.",
    });
  return new LabwrightError({
    code: "output-too-large",
    message: `${command} wrote more than ${outputLimit / 1024 / 1024} MiB and was stopped`,
    remedy: "Let the command write less, or into a file.",
  });
}

function endedEarly(
  place: Place,
  job: Job,
  frames: { out: Frame; err: Frame },
  texts: { out: Collector; err: Collector },
  ending: Ending,
): LabwrightError {
  const command = shortened(job.script.shown);
  if (ending.code === undefined && ending.signal === undefined)
    return new LabwrightError({
      code: "ssh-lost",
      message: `${place.name}: the connection was lost while \`${command}\` ran`,
      remedy: "Check that the machine is running and reachable, then run the command again.",
    });
  if (!frames.out.started) return place.explainStart(`${frames.err.noise}${frames.out.noise}`.trim(), ending);
  return new LabwrightError({
    code: "command-killed",
    message: `${place.name}: the shell that ran \`${command}\` was killed (${ending.signal ?? `code ${ending.code}`})`,
    remedy:
      "Find out what kills processes on that machine: a lack of memory, an administrator, or the command itself.",
    output: job.script.mask(`${texts.err.text()}${texts.out.text()}`.slice(-4000)),
  });
}
