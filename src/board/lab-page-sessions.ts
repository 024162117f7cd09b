import { randomBytes } from "node:crypto";
import { LabwrightError } from "../errors.ts";
import { pathOf, type Who } from "./access.ts";
import { cookiesIn } from "./cookies.ts";

/** A page that somebody looks at: what a student's lab serves at a NodePort. */
export interface LabPage {
  who: Who;
  student: string;
  port: number;
}

/** A ticket lives as long as a browser needs for a redirect; in milliseconds. */
const ticketLife = 30_000;
/** A session is for a day's course; in milliseconds. */
const sessionLife = 12 * 60 * 60_000;
/** Sessions and tickets that one person has at most; the oldest one makes room. */
const most = 30;

interface Kept {
  page: LabPage;
  until: number;
}

/**
 * Who may look at which lab's page. The board gives a ticket, which opens one session, once. Neither is a link's token or made from one,
 * and both end with the board.
 */
export class LabPageSessions {
  readonly #className: string;
  readonly #now: () => number;
  readonly #tickets = new Map<string, Kept>();
  readonly #sessions = new Map<string, Kept>();

  /** A class's students may have the names of another's, whose board has used the same port. */
  constructor(className: string, now: () => number = Date.now) {
    this.#className = className;
    this.#now = now;
  }

  ticket(page: LabPage): string {
    return this.#keep(this.#tickets, page, ticketLife);
  }

  /**
   * The cookie's value for the session that a ticket opens. Throws `ticket-used`, and `page-of-another` if the browser has opened pages as
   * somebody else: all are of one origin, so a script in a tab that is still open would read the new page with the new cookie. No session
   * has to be valid for that, and no button ends it: the old tab's script could press it.
   */
  enter(ticket: string, cookies: string | undefined, port: number): string {
    const page = this.#valid(this.#tickets, ticket);
    this.#tickets.delete(ticket);
    if (!page) throw ticketUsed();
    const owner = `/${this.#className}${pathOf(page.who)}`;
    const other = ownCookies(cookies, port).find((one) => one.owner !== "" && one.owner !== owner);
    if (other) throw pageOfAnother(other.owner);
    return `${this.#keep(this.#sessions, page, sessionLife)}${owner}`;
  }

  /** The page whose session a browser has. Throws `no-session`. */
  pageOf(cookies: string | undefined, port: number): LabPage {
    for (const { session } of ownCookies(cookies, port)) {
      const page = this.#valid(this.#sessions, session);
      if (page) return page;
    }
    throw new LabwrightError({
      code: "no-session",
      message: "this page is opened from the board",
      remedy: "Open your page of the board, and there the link to this page.",
    });
  }

  #valid(all: ReadonlyMap<string, Kept>, id: string): LabPage | undefined {
    const kept = all.get(id);
    return kept && kept.until > this.#now() ? kept.page : undefined;
  }

  #keep(all: Map<string, Kept>, page: LabPage, life: number): string {
    const now = this.#now();
    for (const [id, { until }] of all) if (until <= now) all.delete(id);
    const own = [...all].filter(([, kept]) => pathOf(kept.page.who) === pathOf(page.who));
    for (const [id] of own.slice(0, Math.max(0, own.length - most + 1))) all.delete(id);
    const id = randomBytes(20).toString("base64url");
    all.set(id, { page, until: now + life });
    return id;
  }
}

export const ticketUsed = (): LabwrightError =>
  new LabwrightError({
    code: "ticket-used",
    message: "this address opens the page only once, and only from the board",
    remedy: "Open the page from the board again.",
  });

const pageOfAnother = (owner: string): LabwrightError =>
  new LabwrightError({
    code: "page-of-another",
    message: `this browser has opened lab pages as ${owner.split("/").at(-1)}`,
    remedy:
      "Open the board in a private window or another browser profile, or close all windows of this browser first: a page that is still open could read yours.",
  });

/** Browsers do not tell ports apart, and another class may have its board on another one. */
const cookieName = (port: number): string => `labwright-page-${port}`;

/** A session, and as whom of which class the browser has opened it: `SESSION/autumn/student/alice`. */
const ownCookies = (cookies: string | undefined, port: number): { session: string; owner: string }[] =>
  cookiesIn(cookies)
    .filter(({ name }) => name === cookieName(port))
    .map(({ value }) => {
      const [session = ""] = value.split("/");
      return { session, owner: value.slice(session.length) };
    });

/** Gone when the browser is closed, with all tabs; no script reads it, and no other site sends it. */
export const labPageCookie = (value: string, port: number, isSecure: boolean): string =>
  `${cookieName(port)}=${value}; Path=/; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
