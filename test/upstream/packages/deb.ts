import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export type Content = string | Buffer | { localFile: string };

/** A Debian package: the fields of its control file in their order, and its files by path. */
export interface DebSpec {
  control: Record<string, string>;
  files: Record<string, Content>;
  /** dpkg-deb's `-Z`, with a level where speed matters more than size. */
  compression: "xz" | "zstd" | "none";
  level?: number;
}

/** A package in a repository: its bytes, and the path at which its index announces it. */
export interface Published {
  control: Record<string, string>;
  filename: string;
  bytes: Buffer;
}

export type Files = Map<string, Buffer>;

/** `Key: value` lines; a value's further lines begin with a space. */
export const paragraphOf = (fields: Record<string, string>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}:${value.startsWith("\n") ? "" : " "}${value}\n`)
    .join("");

/** Builds a package with dpkg-deb, as upstream does, and returns its bytes. */
export async function buildDeb({ control, files, compression, level }: DebSpec): Promise<Buffer> {
  const work = await mkdtemp(join(tmpdir(), "labwright-deb-"));
  try {
    const root = join(work, "root");
    const all: Record<string, Content> = { "DEBIAN/control": paragraphOf(control), ...files };
    for (const [path, content] of Object.entries(all)) {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true, mode: 0o755 });
      if (typeof content === "object" && "localFile" in content) await copyFile(content.localFile, file);
      else await writeFile(file, content, { mode: /(^|\/)s?bin\/|cli-plugins\//.test(path) ? 0o755 : 0o644 });
    }
    const archive = join(work, "package.deb");
    const flags = [`-Z${compression}`, ...(level === undefined ? [] : [`-z${level}`])];
    await run("dpkg-deb", ["--build", "--root-owner-group", ...flags, root, archive]);
    return await readFile(archive);
  } finally {
    await rm(work, { recursive: true });
  }
}

export const digest = (algorithm: "md5" | "sha1" | "sha256", bytes: Buffer): string =>
  createHash(algorithm).update(bytes).digest("hex");

/** A `Packages` index: the control fields of each package, then where its file is and what it must be. */
export const packagesIndex = (packages: readonly Published[]): Buffer =>
  Buffer.from(
    packages
      .map(({ control: { Section, Priority, Homepage, Description, ...first }, filename, bytes }) =>
        paragraphOf({
          ...first,
          Filename: filename,
          Size: String(bytes.length),
          MD5sum: digest("md5", bytes),
          SHA1: digest("sha1", bytes),
          SHA256: digest("sha256", bytes),
          ...(Section && { Section }),
          ...(Priority && { Priority }),
          ...(Homepage && { Homepage }),
          ...(Description && { Description }),
        }),
      )
      .join("\n"),
  );
