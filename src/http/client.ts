import type { EnvHttpProxyAgent, RequestInit, Response } from "undici";

/** Milliseconds: to connect, until an answer begins, and between two parts of an answer. */
const patience = { connect: 10_000, headers: 30_000, body: 60_000 };

let agent: EnvHttpProxyAgent | undefined;

/**
 * One of labwright's HTTP requests, through the proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name. It follows
 * redirects and does not try again. Throws undici's errors: a TypeError whose `cause` names the reason.
 */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  agent ??= new EnvHttpProxyAgent({
    connect: { timeout: patience.connect },
    headersTimeout: patience.headers,
    bodyTimeout: patience.body,
    allowH2: false,
  });
  return fetch(url, { dispatcher: agent, ...init });
}

/** The first cause of a failed request, in its own words: `connect ECONNREFUSED 127.0.0.1:9`. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}
