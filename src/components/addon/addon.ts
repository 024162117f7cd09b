import type { ImageSet } from "../../artifacts/images/image-set.ts";
import type { ReleaseFile } from "../../artifacts/release-file.ts";
import type { Command } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import type { KubeObject } from "../../kubernetes/objects.ts";
import type { Lab } from "../../lab/types.ts";
import type { Contents } from "../../linux/backup.ts";

/**
 * What is known of something that runs in a cluster besides Kubernetes and the pod network. Another addon is a folder
 * beside this file, with an `addon.ts` that exports `addon`, and a line in src/lab/available.ts.
 */
export interface Addon {
  /** The release whose files are applied and whose program runs. */
  version: string;
  /** Changes with each change of what `adapt` does, so that it is applied to existing clusters again. */
  revision: number;
  /** The release's own files, whose objects are applied together. */
  files: readonly ReleaseFile[];
  /** The images that the adapted objects name. */
  images: ImageSet;
  /** Returns the objects of the release's files as a lab wants them. */
  adapt(objects: readonly unknown[]): KubeObject[];
  /** What shows that it works, besides its Deployments, whose pods have to be Ready. */
  proof?: Proof;
  /** What its pods write on nodes, by folder. */
  written: Contents;
  /** Kinds of objects that change by themselves, as `kubectl api-resources -o name` lists them. */
  bookkeeping: readonly string[];
  /** What stays in the cluster when it is removed. */
  left?: Left;
}

export interface Proof {
  /** Asked on the control plane; absent: the addon's own objects are enough. */
  ask?: Command;
  /** Pure. What is wrong, in words, by the addon's own objects and the answer. */
  differences(objects: readonly KubeObject[], lab: Lab, answer: Output | undefined): string[];
}

export interface Left {
  /** Prints a line for each thing. */
  ask: Command;
  /** What each line names, and why it stays. */
  words(line: string): string;
}
