import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import type { Machine } from "../../lab/types.ts";
import { writeJson } from "../../local/json-file.ts";
import { textOf } from "../../local/text-file.ts";
import { labFolder } from "../../paths.ts";
import type { Made } from "../types.ts";
import { type Way, waySchema } from "./way.ts";

/** A host that the lab has taken and not given back. */
export interface TakenHost {
  /** The machine's name in the host's mark. */
  machine: string;
  /** The time in the host's mark: it tells one taking from another. */
  since: string;
  way: Way;
  /** What `up` has made there, by each lab file that said otherwise; the last one is the newest. */
  made: Made[];
}

/** Where the lab keeps how every host that it has taken is reached. */
export const takenFile = (lab: string): string => join(labFolder(lab), "taken-hosts.json");

const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null;

const schema = z.array(
  z.object({
    machine: z.string(),
    since: z.string(),
    way: waySchema,
    // Was a valid lab file's when it was written.
    made: z.array(z.custom<Made>((value) => isRecord(value) && "machine" in (value as object))).min(1),
  }),
);

/** The hosts that the lab has taken. Throws `taken-hosts-broken`. */
export async function takenHosts(lab: string): Promise<TakenHost[]> {
  const file = takenFile(lab);
  const text = (await textOf(file)) ?? "[]";
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LabwrightError({
      code: "taken-hosts-broken",
      message: `could not read ${file}, which records how to reach the hosts that the lab has taken`,
      remedy: `Repair the file, or move it away and run \`labwright up\`, which writes it again for the hosts of the lab file.`,
      cause,
    });
  }
}

/** The caller holds the lab's lock. */
export async function writeTaken(lab: string, hosts: readonly TakenHost[]): Promise<void> {
  if (hosts.length === 0) return rm(takenFile(lab), { force: true });
  await mkdir(labFolder(lab), { recursive: true, mode: 0o700 });
  await writeJson(takenFile(lab), hosts);
}

/** A host's place and size do not change what is made there. */
const withoutPlace = ({
  machine: { host, address, via, cpus, memory, disk, ...machine },
  playbooks,
  cluster,
}: Made) => ({
  machine,
  playbooks,
  cluster,
});

const isSame = (one: Made, other: Made): boolean => isDeepStrictEqual(withoutPlace(one), withoutPlace(other));

/** What was made there, with what is made now as the newest; each once. */
export const madeWith = (before: readonly Made[], now: Made): Made[] => [
  ...before.filter((one) => !isSame(one, now)),
  now,
];

/** What was made there by lab files that said otherwise than this one. */
export const madeBefore = ({ made }: TakenHost, now: Made): Made[] => made.filter((one) => !isSame(one, now));

/** Whether a machine of the lab file names the place of this host. */
export const isAt = (
  { machine, way }: TakenHost,
  { name }: Machine,
  at: { host: string; port: number },
): boolean => machine === name && way.host === at.host && way.port === at.port;
