import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Response } from "undici";
import { LabwrightError } from "../errors.ts";
import { sha256OfFile } from "../local/hash.ts";
import { reasonOf, request } from "./client.ts";
import { inBytes } from "./size.ts";

export interface Download {
  url: string;
  /** Where the whole file appears. What an interrupted download has fetched stays beside it, as `<file>.part`. */
  file: string;
  /** In hex; absent only if the file is signed or pinned in another way. */
  sha256?: string;
  /**
   * Called for each attempt; if it throws, the attempt failed. `authorization` is sent to the URL's own host
   * only, not to redirect targets.
   */
  headers?(): Promise<Record<string, string>>;
  /** Bytes of the whole file, for the progress. */
  size?: number;
  signal?: AbortSignal | undefined;
  note?(text: string): void;
}

/** A server answered with a status that is not a success. */
export class StatusError extends Error {
  readonly status: number;
  /** Milliseconds that the server asks us to wait. */
  readonly retryAfter: number | undefined;
  constructor(status: number, retryAfter: number | undefined) {
    super(`it answers with ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** How often an attempt that brings no new bytes is repeated, and the pauses between two, in milliseconds. */
export const persistence = { tries: 3, pause: 1000, longestPause: 120_000 };

/** Milliseconds between two notes of the progress. */
const noteInterval = 1000;

/**
 * Downloads a URL into a file. A broken connection, 429 and 5xx are tried again, after the time that the server asks for;
 * an attempt continues after the last byte received, also from an earlier run. As long as bytes arrive, it
 * continues. Errors: `download-failed` (its cause is a StatusError if a server refused), `checksum-wrong`.
 */
export async function download(wanted: Download): Promise<void> {
  if (await isThere(wanted)) return;
  const part = `${wanted.file}.part`;
  // Without a checksum it is unknown whether an earlier run's part belongs to the same file.
  if (wanted.sha256 === undefined) await rm(part, { force: true });
  for (let failures = 1; ; ) {
    const had = await sizeOf(part);
    try {
      await fetchRest(wanted, part, had);
      break;
    } catch (error) {
      wanted.signal?.throwIfAborted();
      failures = (await sizeOf(part)) > had ? 1 : failures + 1;
      const pause = pauseBefore(error, failures);
      if (pause === undefined) throw downloadFailed(wanted.url, error);
      wanted.note?.(
        `${new URL(wanted.url).host}: ${reasonOf(error)}; trying again in ${Math.ceil(pause / 1000)} s`,
      );
      await sleep(pause, undefined, wanted.signal ? { signal: wanted.signal } : {}).catch(() => {});
      wanted.signal?.throwIfAborted();
    }
  }
  await verify(wanted, part);
  await rename(part, wanted.file);
}

/** Whether an earlier run has fetched the whole file. */
const isThere = async ({ file, sha256 }: Download): Promise<boolean> =>
  sha256 !== undefined && (await sha256OfFile(file).catch(() => undefined)) === sha256;

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;

/** Milliseconds until the next attempt; undefined if another one is useless. */
function pauseBefore(error: unknown, failures: number): number | undefined {
  if (failures > persistence.tries) return undefined;
  const pause = persistence.pause * 2 ** (failures - 2);
  if (!(error instanceof StatusError)) return pause;
  const mayPass = error.status === 408 || error.status === 429 || error.status >= 500;
  const asked = error.retryAfter ?? pause;
  return mayPass && asked <= persistence.longestPause ? asked : undefined;
}

async function fetchRest(
  { url, headers, size, signal, note }: Download,
  part: string,
  had: number,
): Promise<void> {
  const response = await request(url, {
    ...(signal && { signal }),
    headers: { ...(await headers?.()), ...(had > 0 && { range: `bytes=${had}-` }) },
  });
  if (had > 0 && response.status === 416) {
    await response.body?.cancel();
    if (had === totalOf(response)) return;
    await rm(part);
    throw new Error("the part of an earlier attempt is longer than the file");
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new StatusError(response.status, retryAfterOf(response));
  }
  const continues = response.status === 206;
  const start = continues ? had : 0;
  const total = size ?? (start + Number(response.headers.get("content-length")) || undefined);
  await pipeline(
    Readable.fromWeb(response.body),
    progress(start, total, note),
    createWriteStream(part, { flags: continues ? "a" : "w" }),
  );
}

/** The size of the whole file in `Content-Range: bytes *\/1234` (RFC 9110, 14.4). */
const totalOf = (response: Response): number =>
  Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? -1);

/** `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3), in milliseconds from now. */
export function retryAfterOf(response: Pick<Response, "headers">): number | undefined {
  const value = response.headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function progress(start: number, total: number | undefined, note: Download["note"]): Transform {
  let done = start;
  let noted = Date.now();
  return new Transform({
    transform(chunk: Buffer, _, next) {
      done += chunk.length;
      if (Date.now() - noted >= noteInterval) {
        noted = Date.now();
        note?.(total === undefined ? inBytes(done) : `${inBytes(done)} of ${inBytes(total)}`);
      }
      next(null, chunk);
    },
  });
}

async function verify({ url, sha256 }: Download, part: string): Promise<void> {
  if (sha256 === undefined) return;
  const sum = await sha256OfFile(part);
  if (sum === sha256) return;
  await rm(part);
  throw new LabwrightError({
    code: "checksum-wrong",
    message: `${url} has the SHA-256 ${sum}, but ${sha256} was expected`,
    remedy: "Open the URL in a browser: it may be a login page or a mirror that is out of date.",
  });
}

const downloadFailed = (url: string, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "download-failed",
    message: `could not fetch ${url}: ${reasonOf(cause)}`,
    remedy:
      "Check the network, the proxy and the mirrors in the lab file, then run the command again: it keeps the part that was fetched.",
    cause,
  });

/** Whether a download failed because the server does not have the file. */
export const isMissing = (error: unknown): boolean =>
  error instanceof LabwrightError &&
  error.cause instanceof StatusError &&
  [404, 410].includes(error.cause.status);
