import { gzipSync } from "node:zlib";
import { buildDeb, type Content, type DebSpec, type Files, type Published, packagesIndex } from "./deb.ts";
import { elfFile, type Processor } from "./elf.ts";
import type { SigningKey } from "./release.ts";

/** Where a program of a package comes from, by its name on a machine. `version` is the package's. */
export type ProgramSource = (program: string, processor: Processor, version: string) => Content;

export interface RepositoryOptions {
  processors?: readonly Processor[];
  /** Absent: small ELF files that say what they are. */
  program?: ProgramSource;
  compression?: DebSpec["compression"];
  level?: number;
  /** Signs `Release`; absent: it is not signed. */
  key?: SigningKey | undefined;
}

export const elfProgram: ProgramSource = (program, processor, version) =>
  elfFile(processor, `${program} ${version}`);

/** A package that a repository has in several versions, for several processors. */
export interface Package {
  name: string;
  versions: readonly string[];
  /** Fields besides Package, Version and Architecture. */
  fields: Record<string, string>;
  programs: Record<string, string>;
  others: Record<string, string>;
}

/** Builds a version of a package for a processor. `filename` is where its repository has it. */
export async function publish(
  { name, fields, programs, others }: Package,
  { version, processor, filename }: { version: string; processor: Processor; filename: string },
  { program = elfProgram, compression = "xz", level = 1 }: RepositoryOptions,
): Promise<Published> {
  const control = { Package: name, Version: version, Architecture: processor, ...fields };
  const contents = Object.entries(programs).map(([one, path]): [string, Content] => [
    path,
    program(one, processor, version),
  ]);
  const files = { ...Object.fromEntries(contents), ...others };
  return { control, filename, bytes: await buildDeb({ control, files, compression, level }) };
}

/** An index in the two forms in which both repositories offer it. */
export function indexFiles(folder: string, published: readonly Published[]): Files {
  const index = packagesIndex(published);
  return new Map([
    [`${folder}Packages`, index],
    [`${folder}Packages.gz`, gzipSync(index)],
  ]);
}

/** The files of a repository by the path at which its host serves them. */
export const under = (root: string, ...parts: readonly Iterable<[string, Buffer]>[]): Files =>
  new Map(
    parts.flatMap((part) => [...part].map(([path, bytes]): [string, Buffer] => [`${root}/${path}`, bytes])),
  );

export const filesOf = (published: readonly Published[]): Files =>
  new Map(published.map(({ filename, bytes }) => [filename, bytes]));
