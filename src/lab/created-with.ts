import { join, resolve } from "node:path";
import { z } from "zod";
import { LabwrightError } from "../errors.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import { labFolder } from "../paths.ts";
import type { Lab } from "./types.ts";

const schema = z.object({
  provider: z.string(),
  /** The remote of Incus; absent: this computer's server. */
  remote: z.string().optional(),
  /** The lab file's path; absent in records of older versions. */
  file: z.string().optional(),
});

export type CreatedWith = z.output<typeof schema>;
type Place = Omit<CreatedWith, "file">;

/** What a place depends on. */
type Placed = Pick<Lab, "name" | "provider" | "incus">;

const fileOf = (lab: string): string => join(labFolder(lab), "created-with.json");

const placeOf = ({ provider, incus }: Placed): Place => ({
  provider,
  ...(provider === "incus" && incus?.remote !== undefined && { remote: incus.remote }),
});

/** What is known of how a lab was created; undefined if no `up` has noted it. */
export const readCreatedWith = (lab: string): Promise<CreatedWith | undefined> =>
  readJson(fileOf(lab), schema);

/**
 * Notes where the machines of a lab are created, and from which lab file, until the lab's folder goes with them. The place stays, and the
 * file is the last one. The caller holds the lab's lock.
 */
export async function recordCreatedWith(lab: Placed, labFile: string): Promise<void> {
  const known = await readCreatedWith(lab.name);
  const file = resolve(labFile);
  if (known?.file !== file) await writeJson(fileOf(lab.name), { ...(known ?? placeOf(lab)), file });
}

/**
 * Throws `lab-elsewhere` if the lab has machines of another provider, or on another Incus server, which would stay behind: no command would
 * find them any more.
 */
export async function assertCreatedWith(lab: Placed): Promise<void> {
  const made = await readCreatedWith(lab.name);
  const now = placeOf(lab);
  if (!made || (made.provider === now.provider && made.remote === now.remote)) return;
  throw new LabwrightError({
    code: "lab-elsewhere",
    message: `the lab "${lab.name}" was created with ${words(made)}, and is to be looked for with ${words(now)}`,
    remedy: `Set ${setting(made)} again where it was set, and take the lab away; then change it. If nothing of the lab is left there, remove ${fileOf(lab.name)}.`,
  });
}

const words = ({ provider, remote }: Place): string =>
  `the provider "${provider}"${remote === undefined ? "" : ` on the Incus remote "${remote}"`}`;

const setting = ({ provider, remote }: Place): string =>
  remote === undefined
    ? `\`provider: ${provider}\`${provider === "incus" ? " without a remote" : ""}`
    : `\`incus: { remote: ${remote} }\``;
