import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { LabwrightError, messageOf } from "../errors.ts";
import { headersFromLab, headersToLab } from "./lab-page-headers.ts";
import { atMost, type ProxyLimits, tooLarge, within } from "./lab-page-limits.ts";
import type { LabPage } from "./lab-page-sessions.ts";

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
  try {
    const asked = httpRequest({
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: headersToLab(request.headers, page),
      createConnection: () => stream,
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(limits.whole)]),
    });
    asked.on("error", () => {});
    const sending = request.pipe(atMost(limits.sent));
    sending.once("error", (error) => asked.destroy(error)).pipe(asked);
    const [answer]: IncomingMessage[] = await within(
      limits.answer,
      port,
      gone.signal,
      once(asked, "response"),
    );
    if (!answer) return;
    response.writeHead(answer.statusCode ?? 502, headersFromLab(answer, page, request.headers.host ?? ""));
    await pipeline(answer, atMost(limits.received), response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else throw error instanceof LabwrightError ? error : notHttp(port, error);
  } finally {
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

const notHttp = (port: number, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "not-http",
    message: `the lab does not answer with HTTP at port ${port}: ${messageOf(cause)}`,
    remedy: "Open a NodePort whose pods serve plain HTTP, or look at the logs of its pods.",
    cause,
  });
