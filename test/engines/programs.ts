import { access, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../src/paths.ts";
import { debianRelease, noDebian, unpack } from "./debian-release.ts";

/** A release of Docker that people have, and where its programs come from. */
export interface EngineRelease {
  version: string;
  /** Why it cannot be had here; false if it can. */
  skip: string | false;
  /** Calls `work` with a folder of its programs, the client among them. */
  withPrograms(work: (programs: string) => Promise<void>): Promise<void>;
  /** What of daemon.json its programs need. */
  settings?: Record<string, unknown>;
}

/** The programs of a Debian release's packages. They need no newer C library than Debian 12's. */
async function withPackages(
  codename: string,
  packages: readonly string[],
  work: (programs: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `labwright-docker-${codename}-`));
  try {
    const release = await debianRelease(codename, folder);
    await release.apt("--yes", "--download-only", "install", ...packages);
    const files = join(folder, "files");
    await unpack(release, packages, files);
    const programs = join(folder, "programs");
    for (const from of ["usr/sbin", "usr/bin"])
      await cp(join(files, from), programs, { recursive: true, dereference: true });
    await work(programs);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const compiled = join(cacheFolder(), "tests", "docker-29");
const notCompiled = await access(join(compiled, "runc")).then(
  () => false as const,
  () => `\`test/engines/moby/compile ${compiled}\` has not been run`,
);

export const engineReleases: readonly EngineRelease[] = [
  {
    version: "20.10, from Debian 12",
    skip: noDebian,
    withPrograms: (work) => withPackages("bookworm", ["docker.io", "containerd", "runc", "tini"], work),
  },
  {
    version: "26.1, from Debian 13",
    skip: noDebian,
    // Its runc needs a newer C library than Debian 12 has.
    withPrograms: (work) => withPackages("trixie", ["docker.io", "docker-cli", "containerd", "tini"], work),
  },
  {
    version: "29, compiled from its modules",
    skip: notCompiled,
    withPrograms: (work) => work(compiled),
    // The runc that is compiled for it has no libseccomp.
    settings: { "seccomp-profile": "unconfined" },
  },
];
