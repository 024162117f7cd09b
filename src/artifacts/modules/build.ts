import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { runProgram } from "../../local/program.ts";
import type { Target } from "../target.ts";
import type { WrapperModule } from "./component.ts";
import { buildFlags, type Go, goEnvironment, mainPackages, producedName, requireGo } from "./go.ts";
import { goLine, type Progress, progressNote } from "./progress.ts";
import { replacedFlags } from "./replaced.ts";

/** Beside the programs while they are compiled: the sources that were changed for it. */
const copies = ".sources";

/** Milliseconds between two signs of life. */
const noteInterval = 2000;

/**
 * Compiles a wrapper module's programs into `folder`, under the names that they have on a machine. What `go` has
 * compiled stays in its own build cache, so that the next build continues one that was stopped.
 * Errors: `go-missing`, `build-failed` (with the compiler's output), and what `signal` was aborted with.
 */
export async function compile(
  module: WrapperModule,
  target: Target,
  folder: string,
  activity: Activity,
  signal?: AbortSignal,
): Promise<void> {
  const { recipe } = module;
  await requireGo(signal);
  const progress = firstProgress(module);
  const started = Date.now();
  const timer = setInterval(async () => {
    progress.elapsed = Date.now() - started;
    progress.linked = (await readdir(folder).catch(() => [])).filter((name) => name !== copies).length;
    activity.note(progressNote(progress));
  }, noteInterval);
  const onLine = (line: string) => {
    const kind = goLine(line);
    if (kind === "download") progress.downloaded++;
    if (kind === "package" && progress.packages > 0) progress.compiled++;
  };
  const go: Go = (words) =>
    runProgram("go", words, {
      cwd: module.folder,
      env: goEnvironment(recipe, target),
      signal,
      onLine,
    }).catch((error) => {
      signal?.throwIfAborted();
      throw buildFailed(module, error);
    });
  try {
    activity.note(progressNote(progress));
    const main = mainPackages(recipe);
    const flags = [...(await replacedFlags(module, join(folder, copies), go)), ...buildFlags(recipe)];
    const listed = await go(["list", ...flags, "-deps", "-f", staleness, ...main]);
    Object.assign(progress, countPackages(listed));
    await go(["build", "-v", ...flags, "-o", `${folder}/`, ...main]);
  } finally {
    clearInterval(timer);
    await rm(join(folder, copies), { recursive: true, force: true });
  }
  await giveNames(module, folder);
}

const firstProgress = ({ recipe }: WrapperModule): Progress => ({
  downloaded: 0,
  packages: 0,
  toCompile: 0,
  compiled: 0,
  programs: mainPackages(recipe).length,
  linked: 0,
  elapsed: 0,
  estimated: recipe.estimatedSeconds * 1000,
});

/** For `go list -f`: a word for each package, `stale` if the build cache does not have it. */
const staleness = "{{if .Stale}}stale{{else}}kept{{end}} {{.ImportPath}}";

/** Lines other than these two kinds are what `go` says while it downloads. */
export function countPackages(listed: string): { packages: number; toCompile: number } {
  const lines = listed.split("\n");
  const toCompile = lines.filter((line) => line.startsWith("stale ")).length;
  return { packages: toCompile + lines.filter((line) => line.startsWith("kept ")).length, toCompile };
}

async function giveNames({ recipe }: WrapperModule, folder: string): Promise<void> {
  for (const [name, mainPackage] of Object.entries(recipe.programs)) {
    const produced = producedName(mainPackage);
    if (produced !== name) await rename(join(folder, produced), join(folder, name));
  }
}

function buildFailed({ component, recipe }: WrapperModule, error: unknown): LabwrightError {
  return new LabwrightError({
    code: "build-failed",
    message: `${component} ${recipe.version} could not be compiled from Go modules`,
    remedy:
      "If a module could not be downloaded, check that the Go module proxy (`go env GOPROXY`) answers, then run the command again: it keeps the packages that were compiled.",
    ...(error instanceof LabwrightError && error.output !== undefined ? { output: error.output } : {}),
    cause: error,
  });
}
