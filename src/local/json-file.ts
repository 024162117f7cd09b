import { rename, writeFile } from "node:fs/promises";

/** Writes a value as JSON into a file that only the user can read (mode 600), completely or not at all. */
export async function writeJson(file: string, value: unknown, indentation = 2): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(value, undefined, indentation)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
