import { z } from "zod";
import { request } from "../../http/client.ts";
import { retryAfterOf, StatusError } from "../../http/download.ts";

/** Seconds that a token is valid for if the registry does not say: https://distribution.github.io/distribution/spec/auth/token/ */
const lifetime = 60;

const tokenShape = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});

/**
 * Answers the headers by which a registry lets an anonymous client read at `url`; empty if it wants none. A token is
 * asked for when half of the last one's time is over. Throws StatusError, and what `request` throws.
 */
export function registryLogin(
  url: string,
  signal: AbortSignal | undefined,
): () => Promise<Record<string, string>> {
  const init = { ...(signal && { signal }) };
  let known = { headers: {}, until: 0 };

  async function logIn(): Promise<typeof known> {
    const answer = await request(url, { method: "HEAD", ...init });
    if (answer.ok) return { headers: {}, until: Number.POSITIVE_INFINITY };
    const { realm, ...parameters } = challengeOf(answer.headers.get("www-authenticate") ?? "");
    if (answer.status !== 401 || realm === undefined) throw refused(answer);
    const reply = await request(`${realm}?${new URLSearchParams(parameters)}`, init);
    if (!reply.ok) throw refused(reply);
    const { token, access_token, expires_in = lifetime } = tokenShape.parse(await reply.json());
    const headers = { authorization: `Bearer ${token ?? access_token ?? ""}` };
    return { headers, until: Date.now() + (expires_in * 1000) / 2 };
  }

  return async () => {
    if (Date.now() >= known.until) known = await logIn();
    return known.headers;
  };
}

const refused = (response: Awaited<ReturnType<typeof request>>): StatusError =>
  new StatusError(response.status, retryAfterOf(response));

/** Pure. `Bearer realm="https://…",service="…",scope="…"` (RFC 6750), as an object; empty for any other challenge. */
export function challengeOf(header: string): Record<string, string> {
  if (!/^Bearer /i.test(header)) return {};
  return Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].flatMap(([, key, value]) =>
      key && value ? [[key, value]] : [],
    ),
  );
}
