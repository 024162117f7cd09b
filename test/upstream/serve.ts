import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Files } from "./packages/deb.ts";

/** What a server does instead of answering as it should. */
export type Fault =
  | { status: number; headers?: Record<string, string>; body?: string }
  /** Another host has it: the path stays, unless `to` names one. */
  | { redirect: string }
  /** The connection breaks after this many bytes of the body. */
  | { cutAfter: number }
  /** The body comes at this many bytes a second, or the answer after this many milliseconds. */
  | { bytesPerSecond: number }
  | { delay: number }
  /** A captive portal: 200, text/html, and nothing of what was asked for. */
  | { loginPage: true };

/** Applies `fault` to requests whose `host/path` matches, the first `times` of them; without `times` to all. */
export interface Rule {
  path: RegExp;
  fault: Fault;
  times?: number;
  /** Only for a client at this address. */
  client?: string;
}

/** A request, and how many bytes of a body were sent in answer. */
export interface Asked {
  method: string;
  host: string;
  path: string;
  range?: string;
  status: number;
  bytes: number;
  client: string;
}

export interface ImitatedSite {
  /** Add and remove while it runs; the first that matches applies. */
  rules: Rule[];
  asked: Asked[];
  /** Answers requests of a `node:http` or `node:https` server. */
  listener: RequestListener;
}

/** Looks up what a host has at a path; undefined: 404. */
export type Lookup = (request: {
  host: string;
  path: string;
  method: string;
  headers: IncomingMessage["headers"];
}) => Answer | undefined;

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: Buffer;
}

const loginPage =
  "<!doctype html><html><title>Welcome to our Wi-Fi</title><form>Please log in</form></html>\n";

/** Until more may be written, or the client has gone. */
const writable = (response: ServerResponse): Promise<void> =>
  new Promise((done) => {
    const go = () => {
      response.off("drain", go).off("close", go);
      done();
    };
    response.on("drain", go).on("close", go);
  });

/** Sends a body as a rule wants it, and notes each byte that left. */
async function send(
  response: ServerResponse,
  body: Buffer,
  asked: Asked,
  fault: Fault | undefined,
): Promise<void> {
  const limit = fault && "cutAfter" in fault ? fault.cutAfter : body.length;
  const pace = fault && "bytesPerSecond" in fault ? fault.bytesPerSecond / 10 : 1 << 20;
  for (let at = 0; at < Math.min(limit, body.length) && !response.destroyed; at += pace) {
    const part = body.subarray(at, Math.min(at + pace, limit));
    const isFree = response.write(part);
    asked.bytes += part.length;
    if (fault && "bytesPerSecond" in fault) await delay(100);
    else if (!isFree) await writable(response);
  }
  if (limit >= body.length) response.end();
  // What was written has to arrive before the connection breaks.
  else setTimeout(() => response.destroy(), 50);
}

/** The part of a body that a Range header asks for (RFC 9110, 14.1): one range of bytes, to the end or not. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined) return undefined;
  return { start: Number(from), end: to ? Math.min(Number(to), size - 1) : size - 1 };
}

async function answer(
  response: ServerResponse,
  found: Answer,
  asked: Asked,
  fault: Fault | undefined,
): Promise<void> {
  const { status = 200, headers = {}, body = Buffer.alloc(0) } = found;
  const range = status === 200 ? rangeOf(asked.range, body.length) : undefined;
  if (range && range.start >= body.length) {
    asked.status = 416;
    response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
    return;
  }
  const part = range ? body.subarray(range.start, range.end + 1) : body;
  asked.status = range ? 206 : status;
  response.writeHead(asked.status, {
    "accept-ranges": "bytes",
    "content-length": part.length,
    ...(range && { "content-range": `bytes ${range.start}-${range.end}/${body.length}` }),
    ...headers,
  });
  if (asked.method === "HEAD") response.end();
  else await send(response, part, asked, fault);
}

function faultAnswer(fault: Fault | undefined, path: string): Answer | undefined {
  if (!fault) return undefined;
  if ("status" in fault)
    return { status: fault.status, headers: fault.headers ?? {}, body: Buffer.from(fault.body ?? "") };
  if ("loginPage" in fault) return { headers: { "content-type": "text/html" }, body: Buffer.from(loginPage) };
  if (!("redirect" in fault)) return undefined;
  const place = new URL(fault.redirect);
  return {
    status: 302,
    headers: { location: place.pathname === "/" ? new URL(encodeURI(path), place).href : place.href },
  };
}

const remoteAddress = (socket: Socket): string => socket.remoteAddress ?? "";

/** Answers out of `lookup`, unless a rule says otherwise, and keeps a list of what was asked. */
export function imitateSite(lookup: Lookup, rules: Rule[] = [], clientOf = remoteAddress): ImitatedSite {
  const asked: Asked[] = [];
  const listener: RequestListener = async (request, response) => {
    const { method = "GET", headers } = request;
    const url = new URL(request.url ?? "/", `http://${headers.host ?? "localhost"}`);
    const path = decodeURIComponent(url.pathname) + url.search;
    const host = url.hostname;
    const client = clientOf(request.socket);
    const one: Asked = { method, host, path, status: 404, bytes: 0, client };
    if (headers.range !== undefined) one.range = headers.range;
    asked.push(one);
    const rule = rules.find(
      (each) =>
        each.times !== 0 &&
        each.path.test(`${host}${path}`) &&
        (each.client === undefined || client.endsWith(each.client)),
    );
    if (rule?.times !== undefined) rule.times--;
    const fault = rule?.fault;
    if (fault && "delay" in fault) await delay(fault.delay);
    const found = faultAnswer(fault, path) ?? lookup({ host, path, method, headers }) ?? { status: 404 };
    await answer(response, found, one, fault);
  };
  return { rules, asked, listener };
}

/** Bytes that were sent, by path. */
export function bytesByPath(asked: readonly Asked[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { host, path, bytes } of asked) {
    const key = `${host}${path}`;
    sums.set(key, (sums.get(key) ?? 0) + bytes);
  }
  return sums;
}

/** Files by path, at an address of this computer over plain http: what `mirrors` in a lab file can name. */
export async function serve(
  files: Files,
  rules: Rule[] = [],
): Promise<ImitatedSite & { files: Files; url: string; close(): void }> {
  const site = imitateSite(({ path }) => {
    const body = files.get(path);
    return body && { body };
  }, rules);
  const server = createServer(site.listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { ...site, files, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
