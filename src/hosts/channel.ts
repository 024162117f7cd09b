import type { Readable, Writable } from "node:stream";

/** How the far end of a channel ended. Neither code nor signal: the connection was lost. */
export interface Ending {
  code?: number;
  signal?: string;
}

/** A running bootstrap, here or on another machine. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles, never rejects, when the far end has ended and all that it wrote was delivered. */
  readonly ended: Promise<Ending>;
  /** Abandons the channel, whatever the far end does. */
  close(): void;
}

/** Opens a channel; throws a LabwrightError that names the host. */
export type OpenChannel = (signal: AbortSignal | undefined) => Promise<Channel>;
