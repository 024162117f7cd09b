import type { ProgramSet } from "../../artifacts/program-set.ts";
import type { Command } from "../../hosts/sh.ts";
import type { Lab } from "../../lab/types.ts";
import type { Contents } from "../../linux/backup.ts";
import type { RuntimeHelper } from "../../linux/families/family.ts";

/** What a runtime's configuration follows from, as the machine was found. */
export interface RuntimeNode {
  /** Whether it has cgroup v2, in which systemd drives the groups. */
  systemdCgroup: boolean;
  /** Whether programs there may lower oom_score_adj: capabilities(7), CAP_SYS_RESOURCE. */
  lowersOomScore: boolean;
  /** Whether the runtime's folder is on btrfs. */
  onBtrfs: boolean;
}

/** A file that makes the runtime run as the lab wants it. */
export interface RuntimeFile {
  path: string;
  /** Absent: 0644. */
  mode?: number;
  /** Undefined if the lab file names no mirror of images, and there should be no such file. */
  text(lab: Lab, node: RuntimeNode): string | undefined;
}

/** How a runtime's images are worked with: commands of the shell. */
export interface RuntimeImages {
  /** Prints the images' names, a line each: all, or those that were made from that. */
  list(madeFrom?: string): Command;
  /** Archives are imported by a program that not every source has. */
  needsImporter?: true;
  /** Imports an archive in docker-save format. */
  import(archive: string): Command;
  /** Prints something else as long as an import goes on. */
  imported: Command;
  /** Prints how much of each layer is there that a pull has not completed. */
  unfinished: Command;
  /** Gives an image another name instead of its own. */
  rename(from: string, to: string): Command;
  /** Keeps the image whose name is in the variable `name` for good, and notes what it was made from. */
  pin(madeFrom?: string): Command;
  /** Removes the images whose names are appended. */
  remove: Command;
}

/**
 * What is known of a container runtime. Another runtime is a folder beside this file, with a `runtime.ts` that exports
 * `runtime`, and its name in src/lab/available.ts.
 */
export interface ContainerRuntime {
  /** As people write it. */
  name: string;
  /** As nodes report it to the cluster, before `://` and the release. */
  reported: string;
  programs: ProgramSet;
  /** Further programs, which come in the distribution's packages: Family.runtimeHelpers. */
  helpers: readonly RuntimeHelper[];
  /** Commands around those packages, if they leave more than files: `before` they are installed, `after` they are removed. */
  aroundHelpers?: { before: Command; after: Command };
  /** The path of its program on nodes. */
  program: string;
  /** Prints its release alone. */
  release: Command;
  /** The unit of systemd that runs it, without `.service`. */
  unit: string;
  /** The unit that pulls images, through proxies: the same, unless it calls another. */
  puller: string;
  /** Where it answers the kubelet and crictl: a path. */
  socket: string;
  /** By the fact that each is in the step container-runtime. */
  files: Readonly<Record<string, RuntimeFile>> & { readonly unit: RuntimeFile };
  /** Services that cannot run beside it. */
  rivals: readonly string[];
  /** Where it keeps images and containers. */
  store: string;
  /** What it writes there and elsewhere, in folders that are its alone. */
  contents: Contents;
  /** Folders that come to be because it runs, and what it writes in them. */
  fresh: Contents;
  /** Its programs that run as long as it does, or as its containers do. */
  processes: readonly string[];
  /** How the paths of its pods' namespaces begin, below /run. */
  namespaces: readonly string[];
  /** Prints what others than the kubelet have in it, a line each, if that can be: then it is not removed. */
  others?: Command;
  /** Feature gates that the kubelet needs to work with it, for a version of Kubernetes (`1.36`). */
  kubeletGates?(version: string): Readonly<Record<string, boolean>>;
  /** Ends it with all its containers, and unmounts what they had. */
  clear: Command;
  images: RuntimeImages;
}
