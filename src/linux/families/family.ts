import type { Activity } from "../../activity/activity.ts";
import type { Command } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";

/** Programs that not every container runtime needs. */
export type RuntimeHelper = "conmon" | "docker" | "dockerd";

/** All that differs between families of distributions. Another family is one file in this folder and a line in ../family.ts. */
export interface Family {
  /** The values of ID in os-release(5) that belong to it. */
  ids: readonly string[];
  /** What steps call or read on a machine, a command's name or an absolute path, and the package that contains it. */
  packages: Readonly<Record<string, string>>;
  /** The packages that contain each helper of a container runtime. */
  runtimeHelpers: Readonly<Record<RuntimeHelper, readonly string[]>>;
  /** The packages of a Docker engine. */
  dockerEngine: readonly string[];
  /** Records in a folder what has to be known before the first package is installed. A second time, it changes nothing. */
  beforeInstall(notes: string): Command;
  /** Makes `install`, in the same shell, trust these authorities (PEM) besides the machine's own; stores nothing. */
  trust(certificates: string | undefined): Command;
  /** Prints a changing number while files of `install` arrive. */
  arriving: Command;
  /**
   * Installs packages from the machine's own sources, and removes none for that; fails if they cannot be reached. The
   * package manager records in the folder what it installs, before it does.
   */
  install(names: readonly string[], notes: string): Command;
  /** Fetches packages, and what they depend on, on this computer, and returns their files. Changes nothing. */
  download(host: Host, names: readonly string[], activity: Activity): Promise<string[]>;
  /** Installs packages from files in a folder of the machine, without a network. */
  installFiles(folder: string, notes: string): Command;
  /** Repairs what an interrupted run left incomplete. */
  repair: Command;
  /**
   * Prints `remove NAME` for each package that was installed with these notes and can be removed, and `labwright-left …` for
   * those that others need or that somebody has asked for since.
   */
  toRemove(notes: string): Command;
  /** Removes packages with their settings, except settings that were there before. */
  remove(names: readonly string[], notes: string): Command;
  /** Prints the name and version of each installed package; nothing on a machine of another family. */
  listPackages: Command;
  /** Removes packages with their settings, whoever installed them; does nothing on a machine of another family. */
  purgePackages(names: readonly string[]): Command;
  /** Undoes the other changes of `install`. */
  afterRemoval(notes: string): Command;
}
