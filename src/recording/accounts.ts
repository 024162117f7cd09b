import { createHash } from "node:crypto";
import { type Command, lines, sh } from "../hosts/sh.ts";
import { isOrdinaryUser } from "../linux/accounts.ts";
import type { Item, Recorder } from "./types.ts";

const files = ["passwd", "group", "shadow", "subuid", "subgid"] as const;

/**
 * Accounts and groups, each separately: an added one must not make a whole /etc/passwd
 * differ. All lines of an account are compared; of a group, its number and its members.
 */
export const accountRecorder: Recorder = {
  owns: (kind) => kind === "account" || kind === "group",
  probe: sh`for file in ${[...files]}; do sed "s/^/$file:/" /etc/"$file" 2>/dev/null; done; true`,
  read: (printed) => {
    const known = new Map<string, string[]>();
    for (const line of printed.split("\n")) {
      const [file, name] = line.split(":");
      if (file === undefined || name === undefined || name === "") continue;
      const key = `${file === "group" ? "group" : "account"} ${name}`;
      known.set(key, [...(known.get(key) ?? []), line]);
    }
    return [...known]
      .filter(([key, found]) => key.startsWith("group ") || found.some((line) => line.startsWith("passwd:")))
      .map(([key, found]) => {
        const [kind = "", name = ""] = key.split(" ");
        return { kind, name, value: hashOf(found.join("\n")) };
      });
  },
  remove: (items) =>
    lines([...items.filter(isAccount).map(removeAccount), ...items.filter(isGroup).map(removeGroup)]),
};

const isAccount = ({ kind }: Item): boolean => kind === "account";
const isGroup = ({ kind }: Item): boolean => kind === "group";

const removeAccount = ({ name }: Item): Command =>
  sh`${isOrdinaryUser(name)} && userdel --force ${name} 2>/dev/null`;

const removeGroup = ({ name }: Item): Command =>
  sh`[ "$(getent group ${name} | cut -d: -f3)" -ge 1000 ] 2>/dev/null && groupdel ${name} 2>/dev/null`;

const hashOf = (value: string): string => createHash("sha256").update(value).digest("hex").slice(0, 16);
