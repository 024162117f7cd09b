import * as z from "zod";
import { LabwrightError } from "../../errors.ts";
import { runProgram } from "../../local/program.ts";
import type { Target } from "../target.ts";
import type { Recipe } from "./component.ts";

/** From this release on `go` fetches the release that a module asks for. https://go.dev/doc/toolchain */
const oldestGo = 21;

/** Throws `go-missing` unless PATH has a Go of at least 1.21. Answers its version: `1.26.0`. */
export async function requireGo(signal?: AbortSignal): Promise<string> {
  const said = await runProgram("go", ["version"], { signal, env: { GOTOOLCHAIN: "local" } }).catch(
    (error) => {
      signal?.throwIfAborted();
      throw goMissing("there is no Go compiler in PATH", error);
    },
  );
  const [version, minor] = /go1\.(\d+)[.\w]*/.exec(said) ?? [];
  if (version === undefined || Number(minor) < oldestGo) {
    throw goMissing(`the Go compiler in PATH is too old: ${version ?? said}`, undefined);
  }
  return version.slice("go".length);
}

const goMissing = (message: string, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "go-missing",
    message,
    remedy: `Install Go 1.${oldestGo} or newer (https://go.dev/dl), or set "source: upstream" in the lab file, which needs no compiler.`,
    cause,
  });

/** What a build has in its environment whatever the user's own Go settings say. */
export const goEnvironment = (
  { toolchain }: Pick<Recipe, "toolchain">,
  target: Target,
): Record<string, string> => ({
  CGO_ENABLED: "0",
  GOOS: target.os,
  GOARCH: target.arch,
  GOWORK: "off",
  GOFLAGS: "-mod=readonly -buildvcs=false",
  // `auto` is the installed Go if it is new enough for the module, else the release that the module names.
  GOTOOLCHAIN: toolchain ?? "auto",
});

/** Runs `go` with these words in a wrapper module's folder; returns what it prints. */
export type Go = (words: string[]) => Promise<string>;

/** `go mod download -json`: https://go.dev/ref/mod#go-mod-download */
const downloadSchema = z.object({ Dir: z.string() });

/** Downloads a Go module that a wrapper module requires; returns its folder in Go's module cache. */
export async function moduleFolder(go: Go, path: string): Promise<string> {
  return downloadSchema.parse(JSON.parse(await go(["mod", "download", "-json", path]))).Dir;
}

/** Flags that `go build` and `go list` must share, so that `go list` shows what `go build` will compile. */
export const buildFlags = ({ tags, ldflags }: Pick<Recipe, "tags" | "ldflags">): string[] => [
  "-trimpath",
  ...(tags.length > 0 ? ["-tags", tags.join(",")] : []),
  "-ldflags",
  ["-s", "-w", ...Object.entries(ldflags).map(([variable, value]) => `-X=${variable}=${value}`)].join(" "),
];

/** Each main package once, in a stable order. */
export const mainPackages = ({ programs }: Pick<Recipe, "programs">): string[] =>
  [...new Set(Object.values(programs))].sort();

/** The file name that `go build -o FOLDER/` gives a main package: its last element that is not a major version. */
export function producedName(mainPackage: string): string {
  const elements = mainPackage.split("/");
  const last = elements.at(-1) ?? "";
  return (/^v\d+$/.test(last) ? elements.at(-2) : last) ?? "";
}
