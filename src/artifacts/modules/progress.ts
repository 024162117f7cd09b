import { inWords } from "../../wording.ts";

/** How far a compilation is. Times are in milliseconds. */
export interface Progress {
  /** Modules that were downloaded since the start. */
  downloaded: number;
  /** Packages that the programs consist of; 0 as long as it is not known. */
  packages: number;
  /** How many of them are not in Go's build cache yet. */
  toCompile: number;
  compiled: number;
  programs: number;
  linked: number;
  elapsed: number;
  /** The whole compilation's time with an empty build cache of Go. */
  estimated: number;
}

/** A part of the cold time goes into linking, which no cache saves: about a quarter, measured with Kubernetes. */
const linkingShare = 0.25;

/** One line for a person: what is being done, how far it is, and how long it will take if that is known. */
export function progressNote(progress: Progress): string {
  const { downloaded, packages, toCompile, compiled, programs, linked } = progress;
  if (packages === 0) {
    return downloaded > 0 ? `downloading modules: ${downloaded} so far` : "finding the packages to compile";
  }
  const done =
    compiled < toCompile
      ? `compiling: ${compiled} of ${toCompile} packages`
      : `linking: ${linked} of ${programs} programs`;
  return `${done}, ${inWords(timeLeft(progress))} left`;
}

/** In milliseconds. At first a share of the estimate, then more and more what the work so far has shown. */
export function timeLeft(progress: Progress): number {
  const { packages, toCompile, compiled, programs, linked, elapsed, estimated } = progress;
  const compiling = (1 - linkingShare) * (packages > 0 ? toCompile / packages : 1);
  const expected = estimated * (compiling + linkingShare);
  const work = compiling + linkingShare;
  const done =
    (toCompile > 0 ? compiling * Math.min(1, compiled / toCompile) : compiling) +
    (programs > 0 ? linkingShare * (linked / programs) : 0);
  const share = Math.min(1, done / work);
  const shown = share > 0 ? elapsed / share : expected;
  const total = expected * (1 - share) + shown * share;
  return Math.max(0, total * (1 - share));
}

/** What a line of `go` reports: a module that it downloads, or a package that it compiles. */
export function goLine(line: string): "download" | "package" | "other" {
  if (/^go: downloading \S+ \S+$/.test(line)) return "download";
  return /^[\w.~-]+(\/[\w.~+-]+)*$/.test(line) ? "package" : "other";
}
