import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "zx";
import { startRun } from "../../src/activity/tree.ts";
import { openCache } from "../../src/artifacts/cache.ts";
import { passingChoices } from "../../src/artifacts/choices.ts";
import type { PackagedSet } from "../../src/artifacts/program-set.ts";
import type { Programs } from "../../src/artifacts/types.ts";
import type { PackageEntry } from "../../src/artifacts/upstream/packages.ts";
import type { Places, RepositoryPlace } from "../../src/artifacts/upstream/places.ts";
import { upstreamPrograms } from "../../src/artifacts/upstream/programs.ts";
import { readRepository } from "../../src/artifacts/upstream/repository.ts";
import type { Platform } from "../../src/hosts/platform.ts";
import { download } from "../../src/http/download.ts";
import { sha256 } from "../../src/local/hash.ts";

/** Runs a program of this computer or a fetched one; returns its standard output. */
export type Runner = (file: string, args: readonly string[]) => Promise<string>;

export interface UpstreamOptions {
  minor: string;
  places: Places;
  run?: Runner;
  environment?: NodeJS.ProcessEnv;
}

/** What checks look at; each thing is fetched once. */
export interface Upstream extends Required<UpstreamOptions> {
  entries(repository: RepositoryPlace): Promise<PackageEntry[]>;
  programs(set: PackagedSet, platform: Platform): Promise<Programs>;
  /** The text at a URL, whatever its checksum. */
  text(url: string): Promise<string>;
  close(): Promise<void>;
}

const execute = $({ stdio: ["ignore", "pipe", "pipe"], timeout: "60s", nothrow: true, quiet: true });

const runHere: Runner = async (file, args) => {
  const { ok, exitCode, signal, stdout, stderr } = await execute`${file} ${args}`;
  if (!ok) throw new Error(`${file} ended with ${exitCode ?? signal}: ${stderr.trim()}`);
  return stdout;
};

export async function openUpstream(options: UpstreamOptions): Promise<Upstream> {
  const { minor, places, run = runHere, environment = process.env } = options;
  const folder = await mkdtemp(join(tmpdir(), "labwright-verify-"));
  const entries = once(
    ({ index }: RepositoryPlace) => index.url,
    (place) => readRepository(place, {}),
  );
  const cache = openCache(join(folder, "cache"));
  const fetchPrograms = upstreamPrograms({
    cache,
    kubernetesVersion: minor,
    places,
    choices: passingChoices(),
  });
  const text = once(
    (url: string) => url,
    async (url) => {
      const file = join(folder, sha256(url));
      await download({ url, file });
      return readFile(file, "utf8");
    },
  );
  return {
    minor,
    places,
    run,
    environment,
    entries,
    text,
    programs: (set, platform) => startRun("verify", [], (activity) => fetchPrograms(set, platform, activity)),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function once<A, T>(keyOf: (wanted: A) => string, get: (wanted: A) => Promise<T>): (wanted: A) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (wanted) => {
    const made = known.get(keyOf(wanted)) ?? get(wanted);
    known.set(keyOf(wanted), made);
    return made;
  };
}
