import { chmod, copyFile, cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WrapperModule } from "./component.ts";
import { type Go, moduleFolder } from "./go.ts";

/**
 * Copies the Go modules of which a wrapper module replaces files into `folder`, with the replacements, and returns the
 * flag that makes `go` compile the copies. Go's own -overlay does not replace files in its module cache.
 */
export async function replacedFlags(
  { folder: own, recipe }: WrapperModule,
  folder: string,
  go: Go,
): Promise<string[]> {
  const modules = Object.entries(recipe.replacements);
  if (modules.length === 0) return [];
  await mkdir(folder);
  const lines: string[] = [];
  for (const [index, [path, files]] of modules.entries()) {
    const copy = join(folder, String(index));
    await cp(await moduleFolder(go, path), copy, { recursive: true });
    await makeWritable(copy);
    for (const [file, replacement] of Object.entries(files))
      await copyFile(join(own, replacement), join(copy, file));
    lines.push(`replace ${path} => ${copy}`);
  }
  const goMod = join(folder, "go.mod");
  await writeFile(goMod, [await readFile(join(own, "go.mod"), "utf8"), ...lines, ""].join("\n"));
  await copyFile(join(own, "go.sum"), join(folder, "go.sum"));
  return [`-modfile=${goMod}`];
}

/** Go's module cache is read-only, and so would its copy be: it could not be removed. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const item of await readdir(folder, { withFileTypes: true, recursive: true }))
    await chmod(join(item.parentPath, item.name), item.isDirectory() ? 0o755 : 0o644);
}
