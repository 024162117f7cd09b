import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** Where a piece of source text is today: `src/versions.ts:17 (export const releaseRanges)`. */
export function where(file: string, text: string): string {
  const line = readFileSync(join(root, file), "utf8")
    .split("\n")
    .findIndex((one) => one.includes(text));
  if (line < 0) throw new Error(`${file} does not contain "${text}"`);
  return `${file}:${line + 1} (${text})`;
}
