import { setTimeout as sleep } from "node:timers/promises";
import { type PullProblem, pullFailed, pullProblem, registryOf } from "./pull-failure.ts";

/** What pulls images in one place: a machine's runtime, or an engine. */
export interface Puller {
  /** For messages: the machine's name. */
  name: string;
  /** Pulls an image; returns what was printed if that failed. `progress` is shown behind the image's name. */
  pull(image: string, progress: (text: string) => void): Promise<string | undefined>;
  /** Gives what was pulled under one name another name instead. */
  rename(from: string, to: string): Promise<void>;
  /** Imports an image's archive, a file on this computer; absent: it pulls over this computer's own network. */
  load?(file: string): Promise<void>;
}

export interface Pulling {
  note(text: string): void;
  signal: AbortSignal;
  /** Seconds before the second try, the third, and so on. */
  pauses?: readonly number[];
  /** Fetches an image to this computer, and answers its archive: for a place that cannot pull it. */
  fetch?(image: string, note: (text: string) => void): Promise<string>;
}

interface Failure {
  problem: PullProblem;
  words: string;
}

/** In milliseconds. containerd itself ends a pull that has fetched nothing for five minutes (image_pull_progress_timeout). */
export const pullTimeout = 6 * 60 * 60_000;

const growingPauses = [5, 20];

/** Docker's official images lie on Amazon's public registry too, under the same tags: https://gallery.ecr.aws/docker */
export function secondPlaceOf(image: string): string | undefined {
  const [, name] = /^docker\.io\/library\/(.+)$/.exec(image) ?? [];
  return name && `public.ecr.aws/docker/library/${name}`;
}

/**
 * Pulls an image, in several tries, and from a second place if the first refuses; what cannot be pulled there is fetched
 * here and sent. Throws `image-…` with the reason.
 */
export async function pullImage(
  puller: Puller,
  image: string,
  title: string,
  pulling: Pulling,
): Promise<void> {
  const failure = await tryToPull(puller, image, title, pulling);
  if (failure === undefined) return;
  const second = failure.problem.elsewhere ? secondPlaceOf(image) : undefined;
  if (second !== undefined) {
    const why = `${failure.problem.says}: taking ${image} from ${registryOf(second)}`;
    if ((await tryToPull(puller, second, why, pulling)) === undefined) return puller.rename(second, image);
  }
  const file = await fetchHere(puller, image, failure, pulling);
  pulling.note(`sending ${image}`);
  await puller.load?.(file);
}

/** The archive of an image that a place cannot pull and this computer can. Throws the failed pull's error. */
async function fetchHere(
  puller: Puller,
  image: string,
  { problem, words }: Failure,
  { fetch, note, signal }: Pulling,
): Promise<string> {
  if (!problem.elsewhere || !fetch || !puller.load) throw pullFailed(puller.name, image, problem, words);
  const why = `${problem.says}: fetching ${image} to this computer`;
  note(why);
  return fetch(image, (text) => note(`${why}: ${text}`)).catch((error: unknown) => {
    signal.throwIfAborted();
    throw pullFailed(
      puller.name,
      image,
      problem,
      `${words}\nthis computer cannot fetch it either: ${error instanceof Error ? error.message : error}`,
    );
  });
}

/** Tries until it succeeds, or there is no hope, or the tries are used up. */
async function tryToPull(
  puller: Puller,
  image: string,
  title: string,
  { note, signal, pauses = growingPauses }: Pulling,
): Promise<Failure | undefined> {
  for (let tries = 0; ; tries++) {
    note(title);
    const words = await puller.pull(image, (text) => note(`${title}: ${text}`));
    if (words === undefined) return undefined;
    const problem = pullProblem(words);
    const pause = pauses[tries];
    if (!problem.passing || pause === undefined) return { problem, words };
    note(`${title}: ${problem.says}; trying again in ${pause} s`);
    // If the signal ends the pause, the next command throws.
    await sleep(pause * 1000, undefined, { signal }).catch(() => {});
  }
}
