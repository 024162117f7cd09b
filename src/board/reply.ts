import type { IncomingMessage, ServerResponse } from "node:http";
import { LabwrightError } from "../errors.ts";
import type { Refusal } from "./view.ts";

/** For every answer: nothing is framed, guessed, or told to other sites. */
export const commonHeaders = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
} as const;

const statuses: Readonly<Record<string, number>> = {
  "wrong-host": 421,
  "wrong-origin": 403,
  "link-wrong": 401,
  "link-expired": 401,
  "no-session": 401,
  "not-yours": 403,
  "no-page": 404,
  "wrong-request": 400,
  "too-large": 413,
  "too-many": 429,
  "lab-busy": 409,
  "ticket-used": 401,
  "page-of-another": 403,
  "not-a-node-port": 400,
  "node-port-closed": 502,
  "not-http": 502,
  "page-slow": 504,
};

/** An error as a page gets it; what nobody has foreseen may have secrets in it. */
export const refusalOf = (error: unknown): Refusal =>
  error instanceof LabwrightError
    ? { code: error.code, message: error.message, remedy: error.remedy }
    : {
        code: "unexpected",
        message: "the board failed",
        remedy: "Tell your instructor: the terminal of the board shows why.",
      };

export const statusOf = ({ code }: Refusal): number => statuses[code] ?? (code === "unexpected" ? 500 : 422);

export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...commonHeaders,
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

export const sendJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void => send(response, status, "application/json", JSON.stringify(value), headers);

/** The JSON value that a request carries. Throws `too-large` and `wrong-request`. */
export async function bodyOf(request: IncomingMessage, most: number): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? ""))
    throw wrongRequest("it is not JSON");
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of whole(request)) {
    size += part.length;
    if (size > most)
      throw new LabwrightError({
        code: "too-large",
        message: `the request has more than ${most} bytes`,
        remedy: "Send less text.",
      });
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw wrongRequest("it is not JSON");
  }
}

/** A sender that goes away in the middle is nobody's error. */
async function* whole(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const part of request) yield part;
  } catch {
    throw wrongRequest("it was cut off");
  }
}

export const wrongRequest = (why: string): LabwrightError =>
  new LabwrightError({
    code: "wrong-request",
    message: `the board does not understand the request: ${why}`,
    remedy: "Load the page again.",
  });

export const tooMany = (what: string): LabwrightError =>
  new LabwrightError({
    code: "too-many",
    message: `too many ${what}`,
    remedy: "Wait a moment, then try again.",
  });
