import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isValid, type Token, type Tokens } from "../class/tokens.ts";
import { LabwrightError } from "../errors.ts";
import { cookiesIn } from "./cookies.ts";

/** Whose page it is: a student's name, or the instructor. */
export type Who = { student: string } | "instructor";

/** The path below which all is that somebody's page asks for. */
export const pathOf = (who: Who): string =>
  who === "instructor" ? "/instructor" : `/student/${who.student}`;

/** Whose path it is, with what is below it; undefined if it is nobody's. */
export function placeOf(path: string): { who: Who; rest: string } | undefined {
  const [, kind, name = "", rest = ""] = /^\/(?:(instructor)|student\/([a-z0-9-]+))(\/.*)?$/.exec(path) ?? [];
  if (kind !== undefined) return { who: "instructor", rest };
  return name === "" ? undefined : { who: { student: name }, rest };
}

const refusal = (code: string, message: string, remedy: string): LabwrightError =>
  new LabwrightError({ code, message, remedy });

/** Browsers do not tell ports apart, and another class may have its board on another one. */
const cookieName = (port: number): string => `labwright-${port}`;

interface Entry {
  who: Who;
  token: Token;
  session: string;
  /** Hashes are of one length, as the comparison needs them. */
  digests: { token: Buffer; session: Buffer };
}

/**
 * Who may see what. A link's token is given once, for a session: a value that is made from the token with a secret key, so that it works
 * with the next board of the class too, and tells nobody the token.
 */
export class Access {
  readonly #entries: readonly Entry[];
  readonly #now: () => Date;

  constructor({ instructor, students }: Tokens, key: string, now: () => Date = () => new Date()) {
    const all: { who: Who; token: Token }[] = [
      { who: "instructor", token: instructor },
      ...Object.entries(students).map(([student, token]) => ({ who: { student }, token })),
    ];
    this.#now = now;
    this.#entries = all.map((one) => {
      const session = createHmac("sha256", key).update(one.token.token).digest("base64url");
      return { ...one, session, digests: { token: digestOf(one.token.token), session: digestOf(session) } };
    });
  }

  /** The holder of a token, with a session. Throws `link-wrong` and `link-expired`. */
  enter(token: string): { who: Who; session: string } {
    const found = this.#find(token, "token");
    if (!found)
      throw refusal(
        "link-wrong",
        "this link opens no page of this class",
        "Ask your instructor for your link.",
      );
    return { who: found.who, session: found.session };
  }

  /** Throws `link-wrong`, `link-expired` and `not-yours` unless the token is that of `who`. */
  assertHas(who: Who, token: string): void {
    if (pathOf(this.enter(token).who) !== pathOf(who))
      throw refusal("not-yours", "this is the machine of somebody else", "Use your own machine.");
  }

  /** Throws `no-session` and `not-yours` unless the session is that of `who`. */
  assertIs(who: Who, cookies: string | undefined, port: number): void {
    const found = sessionsIn(cookies, port).flatMap((session) => {
      const one = this.#find(session, "session");
      return one ? [one.who] : [];
    });
    if (found.some((one) => pathOf(one) === pathOf(who))) return;
    if (found.length > 0)
      throw refusal("not-yours", "this is the page of somebody else", "Open your own link again.");
    throw refusal(
      "no-session",
      "this page needs your link",
      "Open your link again, or ask your instructor for it.",
    );
  }

  /** Compares with all, so that the time tells nothing. */
  #find(given: string, what: "token" | "session"): Entry | undefined {
    const digest = digestOf(given);
    const [found] = this.#entries.filter(({ digests }) => timingSafeEqual(digests[what], digest));
    if (found && !isValid(found.token, this.#now()))
      throw refusal(
        "link-expired",
        `this link has expired at ${found.token.until}`,
        "Ask your instructor for a new link.",
      );
    return found;
  }
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

const sessionsIn = (cookies: string | undefined, port: number): string[] =>
  cookiesIn(cookies).flatMap(({ name, value }) => (name === cookieName(port) && value !== "" ? [value] : []));

/** No script reads it, no other site sends it, and it is sent to its own page's path only. */
export const cookieOf = (who: Who, session: string, port: number, isSecure: boolean): string =>
  `${cookieName(port)}=${session}; Path=${pathOf(who)}; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
