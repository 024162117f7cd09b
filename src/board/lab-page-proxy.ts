import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { type Duplex, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { LabwrightError, messageOf } from "../errors.ts";
import { headersFromLab, headersToLab } from "./lab-page-headers.ts";
import type { LabPage } from "./lab-page-sessions.ts";

/** Limits of one request; times in milliseconds, sizes in bytes. */
export interface ProxyLimits {
  /** Until the node is connected. */
  connect: number;
  /** From then until the answer begins. */
  answer: number;
  /** Until the answer has ended. */
  whole: number;
  sent: number;
  received: number;
}

export const usualLimits: ProxyLimits = {
  ...{ connect: 20_000, answer: 30_000, whole: 5 * 60_000 },
  ...{ sent: 16 * 1024 * 1024, received: 256 * 1024 * 1024 },
};

/**
 * Passes a request on to a lab, and its answer back. Throws, while nothing has been answered, what `connect` throws, `page-slow`,
 * `not-http` and `too-large`; later it can only cut the answer.
 */
export async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  page: LabPage,
  connect: (student: string, port: number) => Promise<Duplex>,
  limits: ProxyLimits,
): Promise<void> {
  const { port } = page;
  if (Number(request.headers["content-length"] ?? 0) > limits.sent) throw tooLarge(limits.sent);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const stream = await connected(limits.connect, port, gone.signal, connect(page.student, port));
  const asked = httpRequest({
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: headersToLab(request.headers, page),
    createConnection: () => stream,
    signal: AbortSignal.any([gone.signal, AbortSignal.timeout(limits.whole)]),
  });
  asked.on("error", () => {});
  try {
    const sending = request.pipe(atMost(limits.sent));
    sending.once("error", (error) => asked.destroy(error)).pipe(asked);
    const answered = once(asked, "response").catch((error: unknown) => {
      throw error instanceof LabwrightError ? error : notHttp(port, error);
    });
    const [answer]: IncomingMessage[] = await within(limits.answer, port, gone.signal, answered);
    if (!answer) return;
    response.writeHead(answer.statusCode ?? 502, headersFromLab(answer, page, request.headers.host ?? ""));
    await pipeline(answer, atMost(limits.received), response);
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy();
  } finally {
    asked.destroy();
    stream.destroy();
  }
}

/** A connection that comes too late is not left open; an error of one in use reaches the request, too. */
async function connected(
  time: number,
  port: number,
  gone: AbortSignal,
  connecting: Promise<Duplex>,
): Promise<Duplex> {
  let isOver = false;
  connecting.then(
    (stream) => {
      stream.on("error", () => {});
      if (isOver) stream.destroy();
    },
    () => {},
  );
  return within(time, port, gone, connecting).finally(() => {
    isOver = true;
  });
}

/** Passes bytes on until they are too many. */
function atMost(bytes: number): Transform {
  let passed = 0;
  return new Transform({
    transform(part: Buffer, _, done) {
      passed += part.length;
      if (passed > bytes) done(tooLarge(bytes));
      else done(null, part);
    },
  });
}

/** What `work` comes to, unless it takes too long or nobody waits for it any more. */
async function within<T>(time: number, port: number, gone: AbortSignal, work: Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const end = () => over.reject(slow(port));
  const timer = setTimeout(end, time);
  gone.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work, over.promise]);
  } finally {
    clearTimeout(timer);
    gone.removeEventListener("abort", end);
  }
}

const slow = (port: number): LabwrightError =>
  new LabwrightError({
    code: "page-slow",
    message: `the lab does not answer at port ${port}`,
    remedy: "Wait until the lab is running and its pods are ready, then load the page again.",
  });

const notHttp = (port: number, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "not-http",
    message: `the lab does not answer with HTTP at port ${port}: ${messageOf(cause)}`,
    remedy: "Open a NodePort whose pods serve plain HTTP, or look at the logs of its pods.",
    cause,
  });

const tooLarge = (bytes: number): LabwrightError =>
  new LabwrightError({
    code: "too-large",
    message: `the page sends or receives more than ${bytes} bytes at once`,
    remedy: "Send less, or copy large files with `scp`.",
  });
