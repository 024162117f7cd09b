import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../../local/json-file.ts";
import { labFolder } from "../../paths.ts";
import type { Given } from "./logins.ts";

const schema = z.record(z.string(), z.object({ logins: z.string(), key: z.string() }));

const fileOf = (lab: string): string => join(labFolder(lab), "logins.json");

/**
 * Which logins the machines of a lab were given: machine → digests, in the lab's folder. For engines that cannot record it
 * with a machine. If the folder is lost, so is the key, and every machine lacks its logins, as recorded.
 */
export const givenLogins = async (lab: string): Promise<Readonly<Record<string, Given>>> =>
  // Logins that cannot be verified are set again, which changes nothing if they are there.
  (await readJson(fileOf(lab), schema)) ?? {};

/** Records what machines were given. The caller holds the lab's lock; a further set's folder may not be there yet. */
export async function noteLogins(lab: string, given: Readonly<Record<string, Given>>): Promise<void> {
  await mkdir(labFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(lab), { ...(await givenLogins(lab)), ...given });
}
