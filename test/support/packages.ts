import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A Debian package: its files by path, as text or as the path of a local file to copy. */
export interface PackageSpec {
  name: string;
  version: string;
  files: Record<string, string | { localFile: string }>;
}

/** Builds a real package with dpkg-deb and returns its bytes. */
export function makePackage({ name, version, files }: PackageSpec): Buffer {
  const work = mkdtempSync(join(tmpdir(), "labwright-package-"));
  try {
    const root = join(work, "root");
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: test\nDescription: test\n`;
    const all: PackageSpec["files"] = { "DEBIAN/control": control, ...files };
    for (const [path, content] of Object.entries(all)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (typeof content === "string") writeFileSync(file, content, { mode: 0o755 });
      else copyFileSync(content.localFile, file);
    }
    const archive = join(work, "package.deb");
    execFileSync("dpkg-deb", ["--build", "--root-owner-group", "-Znone", root, archive], { stdio: "ignore" });
    return readFileSync(archive);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** A package's paragraph in a `Packages` index. */
export const paragraph = ({ name, version }: PackageSpec, file: string, content: Buffer): string =>
  `Package: ${name}\nVersion: ${version}\nFilename: ${file}\nSHA256: ${createHash("sha256").update(content).digest("hex")}\n`;
