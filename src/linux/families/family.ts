import type { Activity } from "../../activity/activity.ts";
import type { Command } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";

/** All that differs between families of distributions. Another family is one file in this folder and a line in ../family.ts. */
export interface Family {
  /** The values of ID in os-release(5) that belong to it. */
  ids: readonly string[];
  /** What steps call or read on a machine, a command's name or an absolute path, and the package that it comes in. */
  packages: Readonly<Record<string, string>>;
  /** The packages that a Docker engine comes in. */
  dockerEngine: readonly string[];
  /** Notes in a folder what has to be known before the first package is installed. Once more, it changes nothing. */
  beforeInstall(notes: string): Command;
  /** Has `install`, in the same shell, trust these authorities (PEM) besides the machine's own; keeps nothing of it. */
  trust(certificates: string | undefined): Command;
  /** Prints something else while files of `install` arrive. */
  arriving: Command;
  /**
   * Installs packages from where the machine gets its own, and removes none for that; fails where that cannot be reached. The
   * package manager notes in the folder what it installs, as it does it.
   */
  install(names: readonly string[], notes: string): Command;
  /** Fetches packages, and what they depend on, on this computer, and returns their files. Changes nothing. */
  download(host: Host, names: readonly string[], activity: Activity): Promise<string[]>;
  /** Installs packages from files in a folder of the machine, without asking anybody. */
  installFiles(folder: string, notes: string): Command;
  /** Repairs what a run that was cut short has left half-done. */
  repair: Command;
  /**
   * Prints `remove NAME` for each package that was installed with these notes and can go, and `labwright-left …` for those
   * that others need or somebody has asked for since.
   */
  toRemove(notes: string): Command;
  /** Removes packages with their settings, except settings that were there before. */
  remove(names: readonly string[], notes: string): Command;
  /** Takes back what `install` changed besides. */
  afterRemoval(notes: string): Command;
}
