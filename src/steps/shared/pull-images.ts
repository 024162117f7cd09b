import { setTimeout as sleep } from "node:timers/promises";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { progressIn, withoutProgress, withProgress } from "./progress.ts";
import { type PullProblem, pullFailed, pullProblem, registryOf } from "./pull-failure.ts";

export interface Pulling {
  /** Full names, with registry and tag. */
  names: readonly string[];
  note(text: string): void;
  signal: AbortSignal;
  /** Seconds before the second try, the third, and so on. */
  pauses?: readonly number[];
}

const growingPauses = [5, 20];

/** In milliseconds. containerd itself ends a pull that has fetched nothing for five minutes (image_pull_progress_timeout). */
const pullTimeout = 6 * 60 * 60_000;

/** Docker's official images lie on Amazon's public registry too, under the same tags: https://gallery.ecr.aws/docker */
function secondPlaceOf(image: string): string | undefined {
  const [, name] = /^docker\.io\/library\/(.+)$/.exec(image) ?? [];
  return name && `public.ecr.aws/docker/library/${name}`;
}

/** Pulls the images that a machine does not have, one after the other; those that are there are not asked for again. */
export async function pullImages(host: Host, pulling: Pulling): Promise<void> {
  const present = (await host.run(sh`ctr -n k8s.io images ls -q`)).stdout.split("\n");
  const missing = pulling.names.filter((name) => !present.includes(name));
  for (const [index, name] of missing.entries()) {
    const title = `pulling ${name}${missing.length > 1 ? ` (${index + 1} of ${missing.length})` : ""}`;
    await pullImage(host, name, title, pulling);
  }
}

async function pullImage(host: Host, name: string, title: string, pulling: Pulling): Promise<void> {
  const failure = await tryToPull(host, name, title, pulling);
  if (failure === undefined) return;
  const second = failure.problem.elsewhere ? secondPlaceOf(name) : undefined;
  if (second !== undefined) {
    const why = `${failure.problem.says}: taking ${name} from ${registryOf(second)}`;
    pulling.note(why);
    if ((await tryToPull(host, second, why, pulling)) === undefined) {
      await host.run(sh`ctr -n k8s.io images tag --force ${second} ${name} >/dev/null &&
        ctr -n k8s.io images rm ${second} >/dev/null`);
      return;
    }
  }
  throw pullFailed(host.name, name, failure.problem, failure.words);
}

/** Tries until it succeeds, or there is no hope, or the tries are used up. */
async function tryToPull(
  host: Host,
  image: string,
  title: string,
  { note, signal, pauses = growingPauses }: Pulling,
): Promise<{ problem: PullProblem; words: string } | undefined> {
  for (let tries = 0; ; tries++) {
    note(title);
    const output = await host.run(pull(image), {
      accept: "any",
      signal,
      timeout: pullTimeout,
      onLine: (line) => noteBytes(line, title, note),
    });
    if (output.code === 0) return undefined;
    const words = withoutProgress(`${output.stdout}\n${output.stderr}`);
    const problem = pullProblem(words);
    const pause = pauses[tries];
    if (!problem.passing || pause === undefined) return { problem, words };
    note(`${title}: ${problem.says}; trying again in ${pause} s`);
    // Where the signal ends the pause, the next command tells it.
    await sleep(pause * 1000, undefined, { signal }).catch(() => {});
  }
}

/** Tells, while crictl is silent, how many bytes of each unfinished layer are there. */
const pull = (image: string): Command =>
  withProgress(
    sh`crictl pull ${image} >/dev/null`,
    sh`ctr -n k8s.io content active | awk 'NR > 1 { print $2 }'`,
  );

function noteBytes(line: string, title: string, note: (text: string) => void): void {
  const sizes = progressIn(line);
  if (sizes) note(`${title}: ${sizes.split(/\s+/).join(" + ")}`);
}
