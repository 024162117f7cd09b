import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isCode } from "../errors.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import { labFolder } from "../paths.ts";

/** Changes with what a set of machines needs to be taken. */
const form = 1;

const schema = z.object({
  kind: z.literal("labwright spare"),
  form: z.literal(form),
  /** When its machines were frozen; ISO 8601. */
  made: z.string(),
  /** What the lab file decided then, as `decidedBy` says. */
  decided: z.string(),
});

/** What is known of a complete spare; a set of machines without a record is none. */
export type SpareRecord = Pick<z.output<typeof schema>, "made" | "decided">;

/** The folder for the records of a lab's spares, by their sets, and for what belongs to all of them. */
export const sparesFolder = (lab: string): string => join(labFolder(lab), "spares");

/** Whether the lab has ever had spares: most labs have none, and are not asked for them. */
export const hasHadSpares = (lab: string): boolean => existsSync(sparesFolder(lab));

const fileOf = (lab: string, set: string): string => join(sparesFolder(lab), `${set}.json`);

/** The records of a lab's spares: set → record. A file that another labwright wrote counts as none. */
export async function spareRecords(lab: string): Promise<Map<string, SpareRecord>> {
  const names = await readdir(sparesFolder(lab)).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  const sets = names.flatMap((name) => /^([1-9]\d*)\.json$/.exec(name)?.[1] ?? []);
  const records = await Promise.all(sets.map(async (set) => [set, await recordOf(lab, set)] as const));
  return new Map(records.flatMap(([set, record]) => (record ? [[set, record] as const] : [])));
}

const recordOf = (lab: string, set: string): Promise<SpareRecord | undefined> =>
  readJson(fileOf(lab, set), schema);

/** Records that a set of machines is complete and frozen. */
export async function storeSpare(lab: string, set: string, known: SpareRecord): Promise<void> {
  await mkdir(sparesFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(lab, set), { kind: "labwright spare", form, ...known });
}

/** From here on the set does not count as a spare, and what is left of it is removed by whatever makes spares next. */
export const forgetSpare = (lab: string, set: string): Promise<void> => rm(fileOf(lab, set), { force: true });

const extraSchema = z.object({ extra: z.int().min(0) });

const extraFile = (lab: string): string => join(sparesFolder(lab), "extra.json");

/** How many spares `labwright spare add` has asked for, besides those of the lab file. */
export const extraSpares = async (lab: string): Promise<number> =>
  (await readJson(extraFile(lab), extraSchema))?.extra ?? 0;

/** The caller holds the lock of the lab's spares. */
export async function noteExtraSpares(lab: string, extra: number): Promise<void> {
  await mkdir(sparesFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(extraFile(lab), { extra: Math.max(0, extra) });
}
