import type { Duplex } from "node:stream";
import { openSessionChannel } from "./session-channel.ts";
import { openClient } from "./ssh-client.ts";
import type { Access } from "./types.ts";

export interface ShellSize {
  columns: number;
  rows: number;
}

/** A login shell in its own terminal on a machine. */
export interface Shell {
  /** What is typed goes in, and what the terminal shows comes out. */
  stream: Duplex;
  resize(size: ShellSize): void;
  /** The shell's exit code. Rejects with `ssh-lost`. */
  ended: Promise<number>;
  /** Ends the connection, and what runs in the terminal with it. */
  close(): void;
}

/** Opens a terminal on a machine. Errors: as `openClient`. */
export async function openShell(
  name: string,
  access: Access,
  { columns, rows }: ShellSize,
  signal?: AbortSignal,
): Promise<Shell> {
  const client = await openClient(name, access, { signal });
  try {
    const pty = { cols: columns, rows, term: "xterm-256color" };
    const { channel, code } = await openSessionChannel(name, client, undefined, pty);
    const ended = code.finally(() => client.end());
    // Whoever closes it at once does not listen for its end.
    ended.catch(() => {});
    return {
      stream: channel,
      resize: (size) => channel.setWindow(size.rows, size.columns, 0, 0),
      ended,
      close: () => {
        // A channel that still has something to read does not end.
        channel.resume();
        client.end();
      },
    };
  } catch (error) {
    client.end();
    throw error;
  }
}
