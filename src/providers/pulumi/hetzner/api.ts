import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../../../errors.ts";
import { reasonOf, request } from "../../../http/client.ts";
import { type CloudFailure, cloudError } from "../errors.ts";
import { errorCodes } from "./error-codes.ts";

export interface ApiOptions {
  token: string;
  /** Default: HCLOUD_ENDPOINT, or the cloud's own. */
  endpoint?: string;
  signal?: AbortSignal;
  /** How long one request may take in all, with retries, in milliseconds. */
  limit?: number;
  /** How long one answer may take, in milliseconds. */
  answerLimit?: number;
}

export interface Asking {
  /** What it is for, in words that follow "cannot". */
  doing: string;
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
}

/** Answers that mean: the same request may succeed in a moment. */
const passing = new Set([429, 500, 502, 503, 504]);
const stillInUse = new Set(["conflict", "locked", "resource_in_use"]);

const pauses = { first: 500, longest: 10_000 };

/** The Hetzner Cloud API, with a time limit and with retries that do not create anything twice. */
export class HetznerApi {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /**
   * One request; returns the JSON, or undefined if there is none. Requests that only read or remove are tried again after a
   * fault or without an answer; others only after 429, for which the API promises to have done nothing.
   */
  async ask<T>(path: string, { doing, method = "GET", body }: Asking): Promise<T> {
    const { signal, limit = 120_000 } = this.#options;
    const giveUpAt = Date.now() + limit;
    const repeatable = method === "GET" || method === "DELETE" || method === "PUT";
    for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
      const answer = await this.#once(path, method, body);
      if ("value" in answer) return answer.value as T;
      const { status, code, retryAfter } = answer;
      const mayPass =
        status === 429 ||
        (repeatable && (status === undefined || passing.has(status))) ||
        (method === "DELETE" && stillInUse.has(code ?? ""));
      const wait = retryAfter ?? pause;
      if (signal?.aborted || !mayPass || Date.now() + wait > giveUpAt)
        throw cloudError(errorCodes, { ...answer, doing });
      await sleep(wait, undefined, signal ? { signal } : {}).catch(() => {});
    }
  }

  /** Every page of a list. */
  async all<T>(kind: string, query: Record<string, string>, doing: string): Promise<T[]> {
    const items: T[] = [];
    for (let page = 1; ; ) {
      const text = new URLSearchParams({ ...query, page: String(page), per_page: "50" });
      const answer = await this.ask<Page<T>>(`/${kind}?${text}`, { doing });
      items.push(...(answer[kind] as T[]));
      const next = answer.meta?.pagination?.next_page;
      if (!next) return items;
      page = next;
    }
  }

  async #once(path: string, method: string, body: unknown): Promise<{ value: unknown } | Refusal> {
    const { token, endpoint = "https://api.hetzner.cloud/v1", signal, answerLimit = 30_000 } = this.#options;
    const limits = [AbortSignal.timeout(answerLimit), ...(signal ? [signal] : [])];
    try {
      const response = await request(`${endpoint}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        signal: AbortSignal.any(limits),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.ok) return { value: text === "" ? undefined : JSON.parse(text) };
      return { status: response.status, ...wordsOf(text), ...pauseAsked(response.headers) };
    } catch (cause) {
      if (cause instanceof LabwrightError) throw cause;
      return { said: reasonOf(cause), cause };
    }
  }
}

type Page<T> = Record<string, T[]> & { meta?: { pagination?: { next_page: number | null } } };

interface Refusal extends Omit<CloudFailure, "doing"> {
  /** Milliseconds that the cloud asks us to wait. */
  retryAfter?: number;
}

function wordsOf(text: string): { code?: string; said: string } {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: string; message?: string } };
    if (error?.code !== undefined) return { code: error.code, said: `${error.message} (${error.code})` };
  } catch {
    // Not the API itself, but something on the way to it.
  }
  return { said: text.slice(0, 500) };
}

/** `Retry-After` in seconds; or `RateLimit-Reset`, the time in seconds since the epoch when the limit is reset. */
function pauseAsked(headers: { get(name: string): string | null }): { retryAfter?: number } {
  const after = Number(headers.get("retry-after"));
  if (after > 0) return { retryAfter: after * 1000 };
  return {};
}
