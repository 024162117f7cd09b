import { LabwrightError } from "../errors.ts";
import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { debian } from "./families/debian.ts";
import type { Family } from "./families/family.ts";

const families: readonly Family[] = [debian];

/** The files of all families' packages: a machine is asked for them before its family is known. */
export const allNeeds: readonly string[] = [
  ...new Set(families.flatMap(({ packages }) => Object.keys(packages))),
];

/** What each family has of a kind, where a machine's family is not known: each does nothing on another's machine. */
export const eachFamily = <T>(part: (family: Family) => T): T[] => families.map(part);

/** Prints the input of `familyOf`. */
export const osRelease: Command = sh`cat /etc/os-release /usr/lib/os-release 2>/dev/null`;

/** The first value of a key in os-release(5). */
function wordOf(text: string, key: string): string | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${key}=`));
  return line?.slice(key.length + 1).replace(/^(["'])(.*)\1$/, "$2");
}

/** The family for an os-release text, or in words what the machine runs instead. */
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
    message: `${machine} runs ${found.unsupported}, on which labwright cannot install packages`,
    remedy: `Use a machine that runs one of: ${families.flatMap(({ ids }) => ids).join(", ")}.`,
  });
}
