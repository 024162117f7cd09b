import { createHash } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LabwrightError } from "../errors.ts";
import { doorName, doorsOf } from "../lab/entrance.ts";
import type { Entrance, Lab } from "../lab/types.ts";
import { writeJson } from "../local/json-file.ts";
import { textOf } from "../local/text-file.ts";
import { labFolder } from "../paths.ts";

/** The ports of an entrance: the name of a door → its port. */
export type Ports = Readonly<Record<string, number>>;

/** Which ports an entrance has, and from which one on. */
export interface PortRecord {
  first: number;
  ports: Ports;
}

const schema = z.object({ first: z.int(), ports: z.record(z.string(), z.int()) });

const fileOf = (lab: string): string => join(labFolder(lab), "entrance.json");

/** A record in its JSON form; undefined if the text is none. */
export function portRecordIn(text: string | undefined): PortRecord | undefined {
  try {
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The ports that a lab's entrance keeps; undefined if it has none yet. */
export const keptPorts = async (lab: string): Promise<PortRecord | undefined> =>
  portRecordIn(await textOf(fileOf(lab)));

/** The caller holds the lab's lock. */
export async function keepPorts(lab: string, record: PortRecord): Promise<void> {
  await mkdir(labFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(fileOf(lab), record);
}

/** Each name with the port that it had, or with the lowest one from `first` on that no other has. */
export function numbered(names: readonly string[], { first, ports }: PortRecord): PortRecord {
  const had = Object.entries(ports).filter(([name]) => names.includes(name));
  const used = new Set(had.map(([, port]) => port));
  const result = new Map(had);
  let next = first;
  for (const name of names) {
    if (result.has(name)) continue;
    while (used.has(next)) next += 1;
    used.add(next);
    result.set(name, next);
  }
  return { first, ports: Object.fromEntries(names.map((name) => [name, result.get(name) ?? 0])) };
}

/** What a lab's doors have already, as far as its file still agrees; undefined if nothing is known. */
const known = ({ firstPort }: Entrance, kept: PortRecord | undefined): PortRecord | undefined => {
  if (firstPort === undefined || kept?.first === firstPort) return kept;
  return { first: firstPort, ports: {} };
};

const namesOf = (lab: Lab): string[] => doorsOf(lab).map(doorName);

/** The ports of a lab's entrance, if all are known without a look at what is free. */
export function settledPorts(lab: Lab, kept: PortRecord | undefined): PortRecord | undefined {
  const record = lab.entrance && known(lab.entrance, kept);
  return record && numbered(namesOf(lab), record);
}

/** Blocks of ports below those that Linux gives to outgoing connections, and NodePorts; above most well-known ones. */
const [lowest, blocks, size] = [12_000, 80, 100];

/** Two labs, started at the same time, should not both try the same block first: the name decides. */
function* candidates(lab: string): Generator<number> {
  const start = createHash("sha256").update(lab).digest().readUInt32BE();
  for (let turn = 0; turn < blocks; turn++) yield lowest + ((start + turn) % blocks) * size;
}

/** The ports of a lab's entrance: those that it has, or else the first block in which `areFree` finds all of them free. */
export async function choosePorts(
  lab: Lab,
  kept: PortRecord | undefined,
  areFree: (ports: readonly number[]) => Promise<boolean>,
): Promise<PortRecord> {
  const settled = settledPorts(lab, kept);
  if (settled) return settled;
  const others = await portsOfOthers(lab.name);
  for (const first of candidates(lab.name)) {
    const record = numbered(namesOf(lab), { first, ports: {} });
    const ports = Object.values(record.ports);
    if (!ports.some((port) => others.has(port)) && (await areFree(ports))) return record;
  }
  throw new LabwrightError({
    code: "entrance-no-ports",
    message: `no block of free ports was found for the entrance between ${lowest} and ${lowest + blocks * size - 1}`,
    remedy: "Name the first of free ports in the lab file: `entrance: { firstPort: 40000 }`.",
  });
}

/** Ports that the entrances of this person's other labs keep, also while these labs do not run. */
async function portsOfOthers(lab: string): Promise<Set<number>> {
  const names = await readdir(dirname(labFolder(lab))).catch((): string[] => []);
  const records = await Promise.all(names.filter((name) => name !== lab).map(keptPorts));
  return new Set(records.flatMap((record) => Object.values(record?.ports ?? {})));
}
