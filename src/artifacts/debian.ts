import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Activity } from "../activity/activity.ts";
import { LabwrightError } from "../errors.ts";
import { contentId } from "../local/hash.ts";
import { runProgram } from "../local/program.ts";
import { packageFolder } from "../paths.ts";
import { baseDistribution } from "../versions.ts";
import { count } from "../wording.ts";
import type { Cache } from "./cache.ts";
import type { Target } from "./target.ts";

/** A Debian root file system: which packages are in it, and what is left out. */
export interface RootRecipe {
  suite: string;
  /** `minbase` has apt in it, `essential` has not. mmdebstrap(1). */
  variant: "minbase" | "essential";
  packages: string[];
  /** Patterns of paths that dpkg does not unpack. */
  leaveOut: string[];
  /** Patterns of paths, relative to the root, that are removed when all is installed. */
  remove: string[];
}

const documentation = ["/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*"];
const papers = ["/usr/share/doc/*", "/usr/share/lintian/*"];
/** Perl and usrmerge run once, while Debian is set up; only perl-base, which is essential, stays in use. */
const perl = ["usr/share/perl/5*", "usr/lib/*/perl/5*", "usr/lib/*/libperl.so*", "usr/lib/*/gconv"];

/** What nodes are made from: a small Debian with systemd, sshd, and what the kubelet calls. */
export const nodeRecipe = async (): Promise<RootRecipe> => ({
  suite: baseDistribution.codename,
  variant: "minbase",
  packages: await packageList("packages.txt"),
  leaveOut: documentation,
  remove: [],
});

/** The base of images with more than static programs: one for all, so that nodes hold one copy of it. */
export const userlandRecipe = async (): Promise<RootRecipe> => ({
  suite: baseDistribution.codename,
  variant: "essential",
  packages: await packageList("userland-packages.txt"),
  leaveOut: [...documentation, ...papers],
  remove: perl,
});

/** `infra/node-image/<name>`: a package a line; `#` starts a comment. */
async function packageList(name: string): Promise<string[]> {
  const text = await readFile(join(packageFolder, "infra", "node-image", name), "utf8");
  const words = text.split("\n").map((line) => line.replace(/#.*/, "").trim());
  return words.filter((word) => word !== "").sort();
}

/**
 * The identity of a root file system. Debian's own updates do not change it: to get them, remove the cache's entry
 * or change the package list.
 */
export const rootId = (recipe: RootRecipe, target: Target): string =>
  contentId([target.arch, JSON.stringify(recipe)]);

/** Every file's time is set to this, in seconds since the epoch, so that equal packages give an equal tar. */
const fileTime = "1700000000";

export const mmdebstrapArguments = (recipe: RootRecipe, target: Target, tar: string): string[] => [
  `--variant=${recipe.variant}`,
  `--architectures=${target.arch}`,
  `--include=${recipe.packages.join(",")}`,
  ...recipe.leaveOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
  ...recipe.remove.map((pattern) => `--customize-hook=rm -rf "$1"/${pattern}`),
  '--aptopt=Acquire::Retries "3"',
  // Engines make the devices themselves, and the tar can be unpacked by somebody who may not make device nodes.
  "--skip=output/dev",
  "--format=tar",
  recipe.suite,
  tar,
];

/**
 * A root file system as a tar, from the cache or from Debian packages. mmdebstrap picks the mirror.
 * Errors: `mmdebstrap-missing`, `root-file-system-failed`.
 */
export async function rootFileSystem(
  recipe: RootRecipe,
  target: Target,
  cache: Cache,
  activity: Activity,
  signal?: AbortSignal,
): Promise<{ id: string; file: string }> {
  const id = rootId(recipe, target);
  const make = (folder: string) =>
    activity.child(
      "artifact",
      `Debian ${recipe.suite} with ${count(recipe.packages.length, "package")}`,
      async (part) => {
        const onLine = (line: string) => line.startsWith("I: ") && part.note(line.slice(3));
        await runProgram("mmdebstrap", mmdebstrapArguments(recipe, target, join(folder, "root.tar")), {
          env: { SOURCE_DATE_EPOCH: fileTime },
          signal,
          onLine,
        }).catch((error) => {
          signal?.throwIfAborted();
          throw rootFailed(error);
        });
      },
    );
  const folder = await cache.entry({ kind: "debian", id, activity }, make);
  return { id, file: join(folder, "root.tar") };
}

function rootFailed(error: unknown): LabwrightError {
  const missing = error instanceof LabwrightError && error.code === "program-missing";
  return new LabwrightError({
    code: missing ? "mmdebstrap-missing" : "root-file-system-failed",
    message: missing
      ? "mmdebstrap is not installed on this computer"
      : "could not build a Debian root file system",
    remedy: missing
      ? 'Install it (`apt install mmdebstrap`), or use "source: upstream".'
      : "Check that the Debian mirror answers (`apt update`), and run the command again.",
    ...(error instanceof LabwrightError && error.output !== undefined ? { output: error.output } : {}),
    cause: error,
  });
}
