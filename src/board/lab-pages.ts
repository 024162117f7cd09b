import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { assertNodePort } from "../lab/ports.ts";
import { pathOf, type Who } from "./access.ts";
import { type ProxyLimits, usualLimits } from "./lab-page-limits.ts";
import { passOn } from "./lab-page-proxy.ts";
import { type LabPage, type LabPageSessions, labPageCookie, ticketUsed } from "./lab-page-sessions.ts";
import type { Labs } from "./labs.ts";
import { Limiter } from "./rate.ts";
import { refuse } from "./refuse.ts";
import { commonHeaders, tooMany, wrongRequest } from "./reply.ts";
import { requestUrl } from "./request-url.ts";
import { createService, portOf } from "./server.ts";

/** A page loads all its files at once; these are more than the board's own, and limited alike. */
const perPerson = { burst: 200, rate: 50 };
/** Requests of one person that are being answered; browsers open 6 connections to a host. */
const mostAtOnce = 24;
/** The one path that is not the lab's. */
const door = "/.labwright/";

export interface LabPagesParts {
  labs: Pick<Labs, "connect">;
  sessions: LabPageSessions;
  /** The names under which the service is reached. */
  names: readonly string[];
  tls?: { key: string; cert: string } | undefined;
  limits?: ProxyLimits | undefined;
  /** Called with errors that nobody has foreseen. */
  report(error: unknown): void;
}

/** The page that a person's request asks for. Throws `wrong-request` and `not-a-node-port`. */
export function askedPage(who: Who, query: URLSearchParams, students: readonly string[]): LabPage {
  const student = who === "instructor" ? (query.get("student") ?? "") : who.student;
  if (!students.includes(student)) throw wrongRequest(`the class has no student ${JSON.stringify(student)}`);
  const port = Number(query.get("port"));
  assertNodePort(port);
  return { who, student, port };
}

/** The path that opens a page with a ticket, once. */
export const ticketPath = (ticket: string): string => `${door}${ticket}`;

/**
 * The HTTP service for what labs serve, which does not listen yet. It is another origin than the board's: students write these pages.
 * A browser's session decides which lab's page the whole service is, so that a page's absolute links work.
 */
export function labPagesOf(parts: LabPagesParts): Server {
  const { tls, report } = parts;
  const server = createService({ tls, report, requestTimeout: 60_000 });
  const front = new Front(parts, () => portOf(server));
  server.on("request", (request, response) => {
    front.answer(request, response).catch((error: unknown) => refuse(request, response, error, report));
  });
  return server;
}

class Front {
  readonly #parts: LabPagesParts;
  readonly #port: () => number;
  readonly #people = new Limiter(perPerson);
  readonly #busy = new Map<string, number>();

  constructor(parts: LabPagesParts, port: () => number) {
    this.#parts = parts;
    this.#port = port;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { sessions, names, labs, limits = usualLimits } = this.#parts;
    const { pathname } = requestUrl(request, names, this.#port());
    if (pathname.startsWith(door)) return this.#enter(pathname.slice(door.length), request, response);
    const page = sessions.pageOf(request.headers.cookie, this.#port());
    // It would stay in the browser, and answer for the pages of other labs.
    if (request.headers["service-worker"] !== undefined)
      throw wrongRequest("pages of labs cannot have service workers");
    const person = pathOf(page.who);
    const busy = this.#busy.get(person) ?? 0;
    if (busy >= mostAtOnce || !this.#people.take(person)) throw tooMany("requests came from this page");
    this.#busy.set(person, busy + 1);
    try {
      await passOn(request, response, page, labs.connect, limits);
    } finally {
      this.#busy.set(person, (this.#busy.get(person) ?? 1) - 1);
    }
  }

  /** Only the board leads here: a ticket that somebody else got would open that person's page, with its scripts. */
  #enter(ticket: string, { headers }: IncomingMessage, response: ServerResponse): void {
    if (!["same-site", undefined].includes(headers["sec-fetch-site"])) throw ticketUsed();
    const { sessions, tls } = this.#parts;
    const value = sessions.enter(ticket, headers.cookie, this.#port());
    const cookie = labPageCookie(value, this.#port(), tls !== undefined);
    response.writeHead(303, { ...commonHeaders, Location: "/", "Set-Cookie": cookie });
    response.end();
  }
}
