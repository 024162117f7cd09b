import type { Activity } from "../activity/activity.ts";
import type { Architecture } from "../hosts/architecture.ts";
import type { Platform } from "../hosts/platform.ts";
import type { ImageSet } from "./images/image-set.ts";
import type { ProgramSet } from "./program-set.ts";
import type { ReleaseFile } from "./release-file.ts";

/** `id` is a hash (hex) of all that the thing was made from; equal ids mean equal content. */
export interface Programs {
  id: string;
  version: string;
  /** `name` is the file's name on a machine; `path` the file on this machine. */
  files: { name: string; path: string }[];
}

/** An archive in docker-save format that container runtimes import, or names that the machine pulls itself. */
export type Images =
  | { kind: "archive"; id: string; file: string; names: string[] }
  | {
      kind: "pull";
      id: string;
      names: string[];
      /** Fetches an image to this computer, for a machine that cannot; answers an archive of the same kind. */
      fetch(name: string, activity: Activity): Promise<string>;
    };

export interface Manifest {
  id: string;
  text: string;
}

/** What a node's file system is made from: a root file system as a tar, or an image that the engine pulls. */
export type BaseSystem =
  | { kind: "rootfs"; id: string; file: string }
  | { kind: "image"; id: string; name: string };

/** Where programs, images and manifests come from: one of the sources, chosen once for a run. */
export interface Artifacts {
  readonly source: "upstream" | "modules";
  /** Each call of these waits until the artifact is made, or fetched, or found in the cache; concurrent calls share the work. */
  programs(set: ProgramSet, platform: Platform, activity: Activity): Promise<Programs>;
  images(set: ImageSet, architecture: Architecture, activity: Activity): Promise<Images>;
  manifest(file: ReleaseFile, activity: Activity): Promise<Manifest>;
  baseSystem(architecture: Architecture, activity: Activity): Promise<BaseSystem>;
  /** Whether `images` would answer at once, from the cache. */
  imagesAtHand(set: ImageSet, architecture: Architecture): Promise<boolean>;
}
