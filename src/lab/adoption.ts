import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { exitCode, LabwrightError } from "../errors.ts";
import { isThere } from "../is-there.ts";
import type { Claim } from "./identity.ts";

/** What `labwright adopt` would do with the resources under the lab's name. */
export interface Adoption {
  /** The resources that are not the lab's yet. */
  foreign: readonly Claim[];
  /** Their id, which becomes the lab's; undefined if they have none. */
  id: string | undefined;
  /** Their owner, as they name it. */
  owners: readonly string[];
}

/** Throws `adopt-mixed` if the resources have several ids: one lab cannot have two. */
export function adoptionOf(lab: string, own: string | undefined, claims: readonly Claim[]): Adoption {
  const foreign = claims.filter(({ id }) => id === undefined || id !== own);
  const ids = [...new Set(claims.flatMap(({ id }) => id ?? []))];
  if (ids.length > 1) throw mixed(lab, claims);
  return {
    foreign,
    id: foreign.find(({ id }) => id !== undefined)?.id,
    owners: [...new Set(foreign.flatMap(({ owner }) => owner ?? []))],
  };
}

const mixed = (lab: string, claims: readonly Claim[]): LabwrightError =>
  new LabwrightError({
    code: "adopt-mixed",
    message: `things of several labs "${lab}" exist: ${claims.map(({ what, owner, id }) => `${what} (${owner ?? id ?? "no owner"})`).join(", ")}`,
    remedy: "Let each owner run `labwright down`, or remove the unused ones by hand.",
  });

/** The folder of an owner on this computer, if the lab with that id is still in it. */
export async function livingFolder(
  { id, owners }: Pick<Adoption, "id" | "owners">,
  readId: (folder: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  for (const owner of owners) {
    const [, host, folder] = /^[^@]*@([^:]+):(\/.+)$/.exec(owner) ?? [];
    if (host !== hostname() || folder === undefined || !(await isThere(join(folder, "id")))) continue;
    if (id !== undefined && (await readId(folder)) === id) return folder;
  }
  return undefined;
}

/** The error for a lab whose owner's folder still exists. */
export const ownerPresent = (folder: string): LabwrightError =>
  new LabwrightError({
    code: "owner-present",
    message: `the lab's own folder still exists on this computer: ${folder}`,
    remedy: `Run the command with XDG_DATA_HOME=${dirname(dirname(dirname(folder)))}, or take the lab over with \`labwright adopt --force\`.`,
    exit: exitCode.failed,
  });
