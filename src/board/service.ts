import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { LabwrightError } from "../errors.ts";
import { type Access, cookieOf, pathOf, placeOf, type Who } from "./access.ts";
import { type Acting, act } from "./actions.ts";
import type { Events } from "./events.ts";
import type { LabPage } from "./lab-page-sessions.ts";
import { askedPage } from "./lab-pages.ts";
import type { Pages } from "./pages.ts";
import { Limiter } from "./rate.ts";
import { refuse } from "./refuse.ts";
import { bodyOf, commonHeaders, refusalOf, sendJson, statusOf, tooMany, wrongRequest } from "./reply.ts";
import { requestUrl } from "./request-url.ts";
import { createService, portOf } from "./server.ts";
import type { Terminals } from "./terminals.ts";

/** Links that open nothing, from one address. */
const wrongLinks = { burst: 20, rate: 1 };
/** Open pages of one student. */
const mostPages = 8;
const mostBody = { session: 1024, action: 16 * 1024 };

export interface ServiceParts extends Acting {
  access: Access;
  events: Events;
  /** How much each student may ask. */
  students: Limiter;
  terminals: Terminals;
  pages: Pages;
  /** The names under which the service is reached. */
  names: readonly string[];
  /** The student's links, for the instructor. */
  links(): Record<string, string>;
  /** The address that opens a lab's page, once, for a browser that reaches the board under this `Host`. */
  addressOf(page: LabPage, host: string): string;
  tls?: { key: string; cert: string };
  /** Called with errors that nobody has foreseen. */
  report(error: unknown): void;
}

/** The board's HTTP service, which does not listen yet. */
export function serviceOf(parts: ServiceParts): Server {
  const { tls, report } = parts;
  const server = createService({ tls, report, requestTimeout: 10_000 });
  const front = new Front(parts, tls !== undefined, () => portOf(server));
  server.on("request", (request, response) => void front.answer(request, response));
  server.on("upgrade", (request, socket, head) => front.upgrade(request, socket, head));
  return server;
}

class Front {
  readonly #parts: ServiceParts;
  readonly #isSecure: boolean;
  readonly #port: () => number;
  readonly #wrongLinks = new Limiter(wrongLinks);

  constructor(parts: ServiceParts, isSecure: boolean, port: () => number) {
    this.#parts = parts;
    this.#isSecure = isSecure;
    this.#port = port;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      refuse(request, response, error, this.#parts.report);
    }
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    try {
      const url = this.#urlOf(request);
      this.#assertOrigin(request);
      const place = placeOf(url.pathname);
      if (place?.rest !== (place?.who === "instructor" ? "/watch" : "/terminal")) throw noPage();
      const { who } = place;
      const { terminals } = this.#parts;
      this.#assertIs(who, request);
      if (who === "instructor")
        terminals.watch(request, socket, head, url.searchParams.get("terminal") ?? "");
      else terminals.open(request, socket, head, who.student, url.searchParams);
    } catch (error) {
      if (!(error instanceof LabwrightError)) this.#parts.report(error);
      const body = JSON.stringify(refusalOf(error));
      const headers = { ...commonHeaders, Connection: "close", "Content-Length": Buffer.byteLength(body) };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      // A client that keeps its half open would keep the board from ending.
      socket.once("finish", () => socket.destroy());
      socket.end(`HTTP/1.1 ${statusOf(refusalOf(error))} Refused\r\n${lines.join("")}\r\n${body}`);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#urlOf(request);
    const { pathname } = url;
    if (request.method === "POST") {
      this.#assertOrigin(request);
      if (pathname === "/session") return this.#enter(request, response);
    } else if (request.method !== "GET") throw wrongRequest(`it is a ${request.method}`);
    else if (this.#parts.pages.send(response, pathname)) return;
    else if (pathname === "/") return this.#parts.pages.sendPage(response);
    const place = placeOf(pathname);
    if (!place) throw noPage();
    if (request.method === "GET" && place.rest === "/") return this.#parts.pages.sendPage(response);
    this.#assertNotElsewhere(request);
    this.#assertIs(place.who, request);
    const { who, rest } = place;
    if (request.method === "GET" && rest === "/open")
      return this.#open(who, url.searchParams, request, response);
    await this.#serve(who, `${request.method} ${rest}`, request, response);
  }

  /** Leads to what a lab serves, which is another origin. */
  #open(who: Who, query: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
    const page = askedPage(who, query, this.#parts.labs.students);
    const address = this.#parts.addressOf(page, request.headers.host ?? "");
    response.writeHead(303, { ...commonHeaders, Location: address });
    response.end();
  }

  async #serve(who: Who, what: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { events } = this.#parts;
    switch (what) {
      case "GET /me":
        return sendJson(response, 200, {});
      case "GET /events": {
        if (who !== "instructor" && events.count(who) >= mostPages) throw tooMany("pages are open");
        return events.open(response, who, who === "instructor" ? { links: this.#parts.links() } : {});
      }
      case "POST /do":
        await act(who, await bodyOf(request, mostBody.action), this.#parts);
        return sendJson(response, 202, {});
      default:
        throw noPage();
    }
  }

  async #enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request, mostBody.session);
    const token = typeof body === "object" && body !== null && "token" in body ? body.token : undefined;
    if (typeof token !== "string") throw wrongRequest("it has no token");
    const address = request.socket.remoteAddress ?? "";
    try {
      const { who, session } = this.#parts.access.enter(token);
      const cookie = cookieOf(who, session, this.#port(), this.#isSecure);
      sendJson(response, 200, { path: `${pathOf(who)}/` }, { "Set-Cookie": cookie });
    } catch (error) {
      // Right links always open, however many wrong ones come from the same room.
      throw this.#wrongLinks.take(address) ? error : tooMany("wrong links were tried");
    }
  }

  /** Throws unless the sender is `who`, and has not asked too often. */
  #assertIs(who: Who, request: IncomingMessage): void {
    this.#parts.access.assertIs(who, request.headers.cookie, this.#port());
    if (who !== "instructor" && !this.#parts.students.take(who.student))
      throw tooMany("requests came from your page");
  }

  #urlOf(request: IncomingMessage): URL {
    return requestUrl(request, this.#parts.names, this.#port());
  }

  /** What changes something comes from our own page, and says so. */
  #assertOrigin({ headers }: IncomingMessage): void {
    if (headers.origin !== `http${this.#isSecure ? "s" : ""}://${headers.host}`) throw wrongOrigin();
  }

  /** A lab's page has the same host, so browsers send our cookies for it, too; most say whose page asks. */
  #assertNotElsewhere({ headers }: IncomingMessage): void {
    if (!["same-origin", "none", undefined].includes(headers["sec-fetch-site"])) throw wrongOrigin();
  }
}

const wrongOrigin = (): LabwrightError =>
  new LabwrightError({
    code: "wrong-origin",
    message: "the request does not come from the board's own page",
    remedy: "Use the link that you were given.",
  });

const noPage = (): LabwrightError =>
  new LabwrightError({
    code: "no-page",
    message: "the board has no such page",
    remedy: "Use the link that you were given.",
  });
