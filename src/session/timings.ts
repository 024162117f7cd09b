import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Lab } from "../lab/types.ts";
import { contentId } from "../local/hash.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import { cacheFolder } from "../paths.ts";

/** The time of one `up` that builds a new lab. */
export interface Timing {
  /** How long the last such lab took, in seconds; undefined if unknown. */
  last: number | undefined;
  /** Records how long this one took, for the next. */
  keep(): Promise<void>;
}

/** Starts the clock. */
export async function timingOf(lab: Lab): Promise<Timing> {
  const started = Date.now();
  const before = await artifactNames();
  return {
    last: await lastSeconds(lab),
    keep: async () => {
      // Downloads and compilations happen once, and would spoil the estimate of the next run.
      if ((await artifactNames()) !== before) return;
      await keepSeconds(lab, (Date.now() - started) / 1000);
    },
  };
}

/**
 * Stored beside the artifacts, because `down` removes the lab's own folder; for all labs of one form, because their
 * names do not matter.
 */
const fileOf = ({ provider, source, machines, cluster, playbooks }: Lab): string => {
  const form = JSON.stringify({ provider, source, machines, cluster, playbooks });
  return join(cacheFolder(), "timings", `${contentId([form])}.json`);
};

const schema = z.object({ seconds: z.number().positive() });

const lastSeconds = async (lab: Lab): Promise<number | undefined> =>
  (await readJson(fileOf(lab), schema))?.seconds;

async function keepSeconds(lab: Lab, seconds: number): Promise<void> {
  try {
    await mkdir(join(cacheFolder(), "timings"), { recursive: true });
    await writeJson(fileOf(lab), { seconds });
  } catch {
    // A run that has done its work does not fail because of this: the next one shows no estimate.
  }
}

/** The contents of the artifact cache, in one text. */
async function artifactNames(): Promise<string> {
  const folder = join(cacheFolder(), "artifacts");
  const namesIn = (path: string) => readdir(path).catch((): string[] => []);
  const kinds = (await namesIn(folder)).sort();
  const names = kinds.map(async (kind) => [kind, ...(await namesIn(join(folder, kind))).sort()].join(" "));
  return (await Promise.all(names)).join("\n");
}
