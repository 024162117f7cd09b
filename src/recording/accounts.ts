import { createHash } from "node:crypto";
import { type Command, lines, sh } from "../hosts/sh.ts";
import { isOrdinaryUser } from "../linux/accounts.ts";
import type { Item, Kept, Recorder } from "./types.ts";

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
        const content = found.join("\n");
        return { kind, name, value: hashOf(content), content };
      });
  },
  remove: (items) =>
    lines([...items.filter(isAccount).map(removeAccount), ...items.filter(isGroup).map(removeGroup)]),
  putBack: (items) => lines(items.flatMap(putBack)),
};

/** On a lab's own machine, also those that the system or a package made. */
export const labAccountRecorder: Recorder = {
  ...accountRecorder,
  remove: (items) =>
    lines([
      ...items
        .filter(isAccount)
        .map(({ name }) => sh`${endProcesses(name)}; userdel --force ${name} 2>/dev/null`),
      ...items.filter(isGroup).map(({ name }) => sh`groupdel ${name} 2>/dev/null`),
    ]),
};

/** Another account may have its number too, such as root. */
const endProcesses = (name: string): Command => sh`
  uid=$(id -u ${name} 2>/dev/null) && [ "$(getent passwd | cut -d : -f 3 | grep -cx "$uid")" = 1 ] && pkill -KILL -U "$uid"`;

/** Gives an account or a group its lines again, where they were or else at the end; files that it had no line in lose theirs. */
function putBack({ kind, name, content = "" }: Kept): Command[] {
  const known = content.split("\n");
  return files
    .filter((file) => (kind === "group") === (file === "group"))
    .map((file) => {
      const line = known.find((one) => one.startsWith(`${file}:`))?.slice(file.length + 1) ?? "";
      const path = `/etc/${file}`;
      // The file has password hashes before it has its mode.
      return sh`[ ! -e ${path} ] || {
        umask 077
        name=${name} line=${line} awk -F : '
          $1 == ENVIRON["name"] { if (!done && ENVIRON["line"] != "") print ENVIRON["line"]; done = 1; next }
          { print }
          END { if (!done && ENVIRON["line"] != "") print ENVIRON["line"] }' ${path} >${`${path}.labwright`} &&
          chown --reference=${path} ${`${path}.labwright`} && chmod --reference=${path} ${`${path}.labwright`} && mv ${`${path}.labwright`} ${path}
      }`;
    });
}

const isAccount = ({ kind }: Item): boolean => kind === "account";
const isGroup = ({ kind }: Item): boolean => kind === "group";

const removeAccount = ({ name }: Item): Command =>
  sh`${isOrdinaryUser(name)} && userdel --force ${name} 2>/dev/null`;

const removeGroup = ({ name }: Item): Command =>
  sh`[ "$(getent group ${name} | cut -d: -f3)" -ge 1000 ] 2>/dev/null && groupdel ${name} 2>/dev/null`;

const hashOf = (value: string): string => createHash("sha256").update(value).digest("hex").slice(0, 16);
