import type { Activity } from "../../engine/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Host, Output } from "../../hosts/types.ts";
import { debian } from "./families/debian.ts";

/** All that differs between families of distributions. Another family is one file in families/ and a line here. */
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
  /** Fetches packages, and what they need there, on this computer, and answers their files. Changes nothing. */
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
  /** Removes packages with their settings, but for settings that were there before. */
  remove(names: readonly string[], notes: string): Command;
  /** Takes back what `install` changed besides. */
  afterRemoval(notes: string): Command;
}

const families: readonly Family[] = [debian];

/** What any family's packages bring: what a machine is asked for before its family is known. */
export const allNeeds: readonly string[] = [
  ...new Set(families.flatMap(({ packages }) => Object.keys(packages))),
];

/** Prints what `familyOf` reads. */
export const osRelease: Command = sh`cat /etc/os-release /usr/lib/os-release 2>/dev/null`;

/** The first value of a key in os-release(5). */
function wordOf(text: string, key: string): string | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${key}=`));
  return line?.slice(key.length + 1).replace(/^(["'])(.*)\1$/, "$2");
}

/** The family that an os-release text tells, or in words what the machine runs instead. */
export function familyIn(text: string): Family | { unsupported: string } {
  const id = wordOf(text, "ID") ?? "";
  const family = families.find(({ ids }) => ids.includes(id));
  return family ?? { unsupported: wordOf(text, "PRETTY_NAME") ?? (id || "an unknown system") };
}

/** As `familyIn`; throws `unsupported-system` with the machine's name. */
export function familyOf(machine: string, release: Output): Family {
  const found = familyIn(release.stdout);
  if ("ids" in found) return found;
  throw new LabwrightError({
    code: "unsupported-system",
    message: `${machine} runs ${found.unsupported}, and labwright knows no way to install packages there`,
    remedy: `use a machine with one of: ${families.flatMap(({ ids }) => ids).join(", ")}`,
  });
}
