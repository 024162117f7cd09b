import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { cookiesIn } from "./cookies.ts";
import type { LabPage } from "./lab-page-sessions.ts";

/** Headers for one connection only: RFC 9110, section 7.6.1, and those of older proxies. */
const hopByHop = [
  ...["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"],
  ...["te", "trailer", "transfer-encoding", "upgrade", "expect", "http2-settings"],
];

/**
 * What a lab may not tell a browser. Browsers keep cookies and HSTS for a host with all its ports, so with the board's; `Alt-Svc` and
 * reports would go on for the pages of other labs, which have the same address.
 */
const notFromLabs = [
  ...["set-cookie", "set-cookie2", "clear-site-data", "strict-transport-security", "alt-svc"],
  ...[
    "nel",
    "report-to",
    "reporting-endpoints",
    "cache-control",
    "expires",
    "pragma",
    "etag",
    "last-modified",
  ],
];

/** Cookies of a lab have a prefix in the browser: they cannot be the board's, or those of another service of the host or another lab. */
const prefixOf = ({ student, port }: LabPage): string => `lab.${student}.${port}.`;

const isInstructors = ({ who }: LabPage): boolean => who === "instructor";

/** A browser that sees many labs at one address would send a login at one of them to the others. */
const withoutLogins = (page: LabPage, header: string): string[] => (isInstructors(page) ? [header] : []);

/** The headers that a lab is asked with: of the cookies, its own. The instructor's browser sends none. */
export function headersToLab(headers: IncomingHttpHeaders, page: LabPage): OutgoingHttpHeaders {
  const prefix = prefixOf(page);
  const own = cookiesIn(headers.cookie)
    .filter(({ name }) => name.startsWith(prefix) && !isInstructors(page))
    .map(({ name, value }) => `${name.slice(prefix.length)}=${value}`);
  return {
    ...without(headers, headers.connection, ["cookie", ...withoutLogins(page, "authorization")]),
    ...(headers["transfer-encoding"] !== undefined && { "transfer-encoding": "chunked" }),
    ...(own.length > 0 && { cookie: own.join("; ") }),
    connection: "close",
  };
}

/** The headers that a browser gets with a lab's answer. */
export function headersFromLab(
  answer: IncomingMessage,
  page: LabPage,
  host: string,
): Record<string, string[] | undefined> {
  const { headersDistinct: headers } = answer;
  const { location } = answer.headers;
  const cookies = (headers["set-cookie"] ?? []).flatMap((one) => cookieOfLab(one, page));
  return {
    ...without(headers, answer.headers.connection, [
      ...notFromLabs,
      ...withoutLogins(page, "www-authenticate"),
    ]),
    ...(location !== undefined && { location: [locationAt(location, host)] }),
    ...(cookies.length > 0 && { "set-cookie": cookies }),
    "content-security-policy": [...(headers["content-security-policy"] ?? []), policyOf(page)],
    // The next lab's page has the same address.
    "cache-control": ["no-store"],
  };
}

/**
 * Whoever looks at many labs runs no script of any: all labs' pages are of one origin, and a script of one could read another one's
 * through a browser that may see both.
 */
const policyOf = (page: LabPage): string =>
  `frame-ancestors 'self'${isInstructors(page) ? "; sandbox allow-forms allow-popups allow-same-origin" : ""}`;

function without<T>(
  headers: NodeJS.Dict<T>,
  connection: string | undefined,
  more: readonly string[],
): Record<string, T | undefined> {
  const named = (connection ?? "").toLowerCase().split(",");
  const dropped = new Set([...hopByHop, ...more, ...named.map((name) => name.trim())]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

/** Only names that all browsers read alike: one without a name would be sent as if its value were name and value. */
function cookieOfLab(given: string, page: LabPage): string[] {
  const [pair = "", ...attributes] = given.split(";");
  if (isInstructors(page) || !/^[\w!#$%&'*+.^`|~-]+=/.test(pair)) return [];
  const kept = attributes.filter((one) => !/^\s*domain\b/i.test(one));
  return [[`${prefixOf(page)}${pair}`, ...kept].join(";")];
}

/** A server builds addresses with the name it was asked under, but knows nothing of our port and TLS. */
function locationAt(location: string, host: string): string {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  if (url?.hostname !== new URL(`http://${host}`).hostname) return location;
  return `${url.pathname}${url.search}${url.hash}`;
}
