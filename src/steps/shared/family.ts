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
  /** Prints the names of all installed packages, a line each. */
  installed: Command;
  /** Has `install`, in the same shell, trust these authorities (PEM) besides the machine's own; keeps nothing of it. */
  trust(certificates: string | undefined): Command;
  /** Prints something else while files of `install` arrive. */
  arriving: Command;
  /** Installs packages from where the machine gets its own; fails where that cannot be reached. */
  install(names: readonly string[]): Command;
  /** Fetches packages, and what they need there, on this computer, and answers their files. Changes nothing. */
  download(host: Host, names: readonly string[], activity: Activity): Promise<string[]>;
  /** Installs packages from files in a folder of the machine, without asking anybody. */
  installFiles(folder: string): Command;
  /**
   * Runs `first`, and removes packages with their settings; prints the names of others that need them, and only that, where
   * there are any.
   */
  remove(names: readonly string[], first: Command): Command;
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
