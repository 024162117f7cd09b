import { reasonOf, request } from "../../http/client.ts";
import type { Mirrors } from "../../lab/types.ts";
import type { Needs } from "../needs.ts";
import { placesOf } from "./places.ts";

/** How often each host is asked, and how long it may take to answer, in milliseconds. A cold line loses a packet or two. */
export const asking = { tries: 2, patience: 10_000 };

/**
 * Asks every host that a lab from upstream will need, all at once. Returns why one cannot be used, or undefined.
 * Anything but a server's failure (5xx) and a ban (403) counts as an answer: what exactly is there, later requests show.
 */
export async function unreachable(
  kubernetesVersion: string,
  needs: Needs,
  mirrors: Mirrors,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const answers = await Promise.all(
    Object.entries(placesOf(mirrors).needed(kubernetesVersion, needs)).map(async ([what, url]) => {
      const why = await refusal(url, signal);
      return why === undefined ? [] : [`${what} (${new URL(url).host}) ${why}`];
    }),
  );
  return answers.flat()[0];
}

/** Why a URL's host cannot be used; undefined if it answers. */
export async function refusal(url: string, signal?: AbortSignal): Promise<string | undefined> {
  let why: string | undefined;
  for (let attempt = 1; attempt <= asking.tries; attempt++) {
    why = await attemptAt(url, signal);
    signal?.throwIfAborted();
    if (why === undefined) return undefined;
  }
  return why;
}

async function attemptAt(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(asking.patience);
  try {
    // Content delivery networks answer HEAD in various ways: a GET of one byte is what a download begins with.
    const response = await request(url, {
      headers: { range: "bytes=0-0" },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    await response.body?.cancel();
    const { status } = response;
    return status === 403 || status >= 500 ? `answers with ${status}` : undefined;
  } catch (error) {
    return limit.aborted
      ? `does not answer within ${asking.patience / 1000} s`
      : `does not answer: ${reasonOf(error)}`;
  }
}
