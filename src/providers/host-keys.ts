import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generateKeyPair, type KeyPair } from "../hosts/keys.ts";
import { writeJson } from "../local/json-file.ts";
import { textOf } from "../local/text-file.ts";
import { labFolder } from "../paths.ts";

const fileOf = (lab: string, machine: string): string => join(labFolder(lab), "host-keys", `${machine}.json`);

export const hasHostKey = async (lab: string, machine: string): Promise<boolean> =>
  (await textOf(fileOf(lab, machine))) !== undefined;

/**
 * The host key of a machine, which is made with the machine and stays if that is created again: then nobody's known_hosts has
 * another one. In the lab's folder, for its owner only. The caller holds the lab's lock.
 */
export async function hostKeyOf(lab: string, machine: string): Promise<KeyPair> {
  const file = fileOf(lab, machine);
  const known = await textOf(file);
  if (known !== undefined) return JSON.parse(known) as KeyPair;
  const pair = generateKeyPair(machine);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeJson(file, pair);
  return pair;
}
