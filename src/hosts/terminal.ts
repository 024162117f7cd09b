import { constants } from "node:os";
import type { ClientChannel, PseudoTtyOptions } from "ssh2";
import { openSessionChannel } from "./session-channel.ts";
import { openClient } from "./ssh-client.ts";
import type { Access } from "./types.ts";

/** Our process's three streams, or substitutes. */
export interface Streams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/**
 * A login shell on a machine, or `command` there, as the login user, with our own standard streams. If these are
 * a terminal, the far side gets one too. Returns the far side's exit code, 128 + its number for a signal.
 * Errors: as `openClient`, and `ssh-lost`.
 */
export async function terminal(
  name: string,
  access: Access,
  command?: string,
  streams: Streams = process,
): Promise<number> {
  const { stdin, stdout, stderr } = streams;
  const signals = forwardSignals();
  const client = await openClient(name, access, { signal: signals.stopped }).catch((error: unknown) => {
    signals.close();
    throw error;
  });
  let opened: ClientChannel | undefined;
  const onTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const resize = () => opened?.setWindow(stdout.rows, stdout.columns, 0, 0);
  const restore = () => {
    if (onTerminal) stdin.setRawMode(false);
    stdin.unpipe();
    stdin.pause();
    stdout.off("resize", resize);
  };
  try {
    const pty = onTerminal ? sizeOf(stdout) : false;
    const { channel, code } = await openSessionChannel(name, client, command, pty);
    opened = channel;
    signals.to(channel, () => client.end());
    if (onTerminal) {
      stdin.setRawMode(true);
      stdout.on("resize", resize);
    }
    stdin.pipe(channel);
    channel.pipe(stdout, { end: false });
    // As with OpenSSH's client: a command whose output nobody reads ends, as it would with its own pipe.
    stdout.once("error", () => {
      channel.resume();
      signals.end("SIGPIPE");
    });
    channel.stderr.pipe(stderr, { end: false });
    return await code.catch((error: unknown) => signals.code() ?? Promise.reject(error));
  } finally {
    signals.close();
    restore();
    client.end();
  }
}

/** How long what runs on the machine may take to end after a SIGTERM or SIGHUP, in milliseconds. */
const grace = 2000;

/**
 * Passes our own signals on to the command on the machine. The first Ctrl-C is for the command alone; other signals mean
 * that we are to end too: then the connection is closed, also if the machine's program continues.
 */
function forwardSignals() {
  const stop = new AbortController();
  let target: { channel: ClientChannel; end(): void } | undefined;
  let pressed = false;
  let code: number | undefined;
  const hear = (signal: NodeJS.Signals) => {
    target?.channel.signal(signal.slice("SIG".length));
    if (signal === "SIGINT" && target && !pressed) {
      pressed = true;
      return;
    }
    end(signal, signal === "SIGINT" ? 0 : grace);
  };
  const end = (signal: NodeJS.Signals, delay = 0) => {
    code = 128 + constants.signals[signal];
    stop.abort();
    if (target) setTimeout(target.end, delay).unref();
  };
  const all = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of all) process.on(signal, hear);
  return {
    /** Given when we are to end: a connection that is being opened is abandoned. */
    stopped: stop.signal,
    to: (channel: ClientChannel, end: () => void) => {
      target = { channel, end };
    },
    end,
    /** The exit code if it was a signal that ended the session. */
    code: () => code,
    close: () => {
      for (const signal of all) process.off(signal, hear);
    },
  };
}

const sizeOf = (stdout: NodeJS.WriteStream): PseudoTtyOptions => ({
  rows: stdout.rows,
  cols: stdout.columns,
  term: process.env.TERM ?? "xterm",
});
