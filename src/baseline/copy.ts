import { cp } from "node:fs/promises";
import { baselineFolder, fileIn, readBaselineIn, writeBaseline } from "./baseline.ts";

/** Copies the lab's baseline, with its contents, into a folder that does not exist. */
export const copyBaseline = (lab: string, folder: string): Promise<void> =>
  cp(baselineFolder(lab), folder, { recursive: true });

/** Makes a copy the lab's baseline again. Contents are named after their hashes: those of another baseline may stay. */
export async function returnBaseline(lab: string, folder: string): Promise<void> {
  const baseline = await readBaselineIn(folder);
  if (!baseline) return;
  const isContent = (source: string): boolean => source !== fileIn(folder);
  await cp(folder, baselineFolder(lab), { recursive: true, filter: isContent });
  await writeBaseline(lab, baseline);
}
