import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { type Claim, claimOf } from "../../lab/identity.ts";
import type { Removal } from "../machine/removal.ts";
import { type Docker, label } from "./docker.ts";

/** A part of a snapshot: an image of a machine's own file system, or a volume with what the machine has in volumes. */
export interface Copy {
  kind: "image" | "volume";
  /** The engine's own id; of a volume its name. */
  engineId: string;
  /** Absent: an image that was removed while a machine was created from it. The engine keeps it as long as the machine. */
  name?: string;
  claim: Claim;
  snapshot: string;
  machine: string;
  /** The machine's address then; only images have it. */
  address: string;
  /** As the label `copy` says. */
  word: string;
}

const labelsSchema = z
  .record(z.string(), z.string())
  .nullish()
  .transform((labels) => labels ?? {});

const imageSchema = z
  .object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Config: z.object({ Labels: labelsSchema }),
  })
  .transform(({ Id, RepoTags, Config }) => copyOf("image", Id, RepoTags?.[0], Config.Labels));

const volumeSchema = z
  .object({ Name: z.string(), Labels: labelsSchema })
  .transform(({ Name, Labels }) => copyOf("volume", Name, Name, Labels));

function copyOf(
  kind: Copy["kind"],
  engineId: string,
  name: string | undefined,
  labels: Readonly<Record<string, string>>,
): Copy {
  const { [label.snapshot]: snapshot = "", [label.machine]: machine = "" } = labels;
  return {
    ...{ kind, engineId, snapshot, machine },
    ...(name !== undefined && { name }),
    claim: claimOf(label, wordsFor(kind, snapshot, machine), labels),
    address: labels[label.address] ?? "",
    word: labels[label.copy] ?? "",
  };
}

const wordsFor = (kind: Copy["kind"], snapshot: string, machine: string): string =>
  snapshot === ""
    ? "volume of shared images (of imported snapshots)"
    : `snapshot ${snapshot} (${kind} of ${machine})`;

/** Whether it is a volume of shared images that came with an import. It belongs to no snapshot: several may need it. */
export const isShared = ({ kind, snapshot }: Copy): boolean => kind === "volume" && snapshot === "";

/**
 * Copies that go when nothing needs them: images without a name, and volumes of shared images that no image of `staying` names.
 * The engine keeps those that machines use.
 */
export const unneeded = (copies: readonly Copy[], staying: readonly Copy[]): Copy[] =>
  copies.filter(
    (one) =>
      one.name === undefined ||
      (isShared(one) &&
        !staying.some(({ kind, name, word }) => kind === "image" && name && word === one.name)),
  );

/** What the engine has of the snapshots of all labs of this name. Changes nothing. */
export async function copiesOf(docker: Docker, lab: string): Promise<Copy[]> {
  const filters = [`label=${label.lab}=${lab}`, `label=${label.snapshot}`].flatMap((one) => [
    "--filter",
    one,
  ]);
  const [images, volumes] = await Promise.all([
    docker.list(sh`image ls --quiet --no-trunc ${filters}`),
    docker.list(sh`volume ls --quiet ${filters}`),
  ]);
  const inspected = async (kind: Copy["kind"], ids: readonly string[]): Promise<unknown[]> => {
    if (ids.length === 0) return [];
    // What another command has removed meanwhile is left out.
    const text = await docker.run(sh`${kind} inspect --format ${"{{json .}}"} ${ids}`, { accept: "any" });
    return text.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  };
  const [ofImages, ofVolumes] = await Promise.all([
    inspected("image", [...new Set(images)]),
    inspected("volume", volumes),
  ]);
  return [...z.array(imageSchema).parse(ofImages), ...z.array(volumeSchema).parse(ofVolumes)];
}

/** The removals of copies. Without a name an image stays as long as a machine needs it. */
export const copiesGoing = (docker: Docker, copies: readonly Copy[]): Removal[] =>
  copies.map(({ kind, name, engineId, claim }) => ({
    what: claim.what,
    remove: () =>
      name === undefined
        ? docker.run(sh`image rm --force ${engineId}`, { accept: "any" })
        : docker.run(sh`${kind} rm --force ${name}`),
  }));
