import { z } from "zod";
import type { Place } from "../../engine/step.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { shellPattern, userPattern } from "../../lab/names.ts";
import { makeAccount, removeAccounts, runOnAccounts } from "../../linux/account-notes.ts";
import { reportLeft } from "../../linux/backup.ts";
import { step } from "../step.ts";

/** A note for each account that the step made, and beside it the changes to an existing one. */
const notes = "/etc/labwright/exercise-accounts";
const noteOf = (name: string): string => `${notes}/${name}`;
/** No account name contains a dot. */
const changesOf = (name: string): string => `${notes}/${name}.changes`;

const accountName = z.string().regex(userPattern, "a user name is expected");

export const account = step({
  summary: "Expects an account on a machine, optionally with a shell and in groups.",
  params: z.strictObject({
    name: accountName.describe("The name of the account."),
    shell: z
      .string()
      .regex(shellPattern, "the absolute path of a shell is expected")
      .optional()
      .describe("Its login shell; without it, any shell is right."),
    groups: z
      .array(z.string().regex(userPattern, "the name of a group is expected"))
      .default([])
      .describe("Groups that it must be in, besides any others."),
  }),
  example: { name: "thor", shell: "/bin/bash", groups: ["developers"] },

  probe: ({ name }) => ({ entry: sh`getent passwd ${name}`, groups: sh`id -nG ${name}` }),

  check: (facts, { name, shell, groups }, { machine }) => {
    if (facts.entry.code !== 0) return [`${machine.name} has no account ${name}`];
    const current = facts.entry.stdout.trim().split(":").at(-1);
    const isIn = facts.groups.stdout.trim().split(" ");
    return [
      ...(shell === undefined || shell === current
        ? []
        : [`the shell of ${name} is ${current || "not set"}, ${shell} expected`]),
      ...groups
        .filter((group) => !isIn.includes(group))
        .map((group) => `${name} is not in the group ${group}`),
    ];
  },

  apply: async (host, { name, shell, groups }) => {
    await runOnAccounts(
      host,
      name,
      sh`
      if [ -e ${noteOf(name)} ] || ! getent passwd ${name} >/dev/null; then
        ${makeAccount(name, noteOf(name), [])}
      fi
      mkdir -p ${notes}
      ${join(name, groups)}
      ${shell === undefined ? sh`` : giveShell(name, shell)}`,
    );
  },

  places: ({ name, groups }) => [
    { kind: "account", name },
    { kind: "file", name: `/home/${name}` },
    // Here a group's name replaces the account's.
    ...groups.map((group): Place => ({ kind: "account", name: group })),
  ],

  undo: async (host, { name }, context) => {
    reportLeft(context, await runOnAccounts(host, name, takeBack(name)));
  },
});

const join = (name: string, groups: readonly string[]): Command => sh`
  for group in ${groups}; do
    getent group "$group" >/dev/null ||
      { echo "group $group" >>${changesOf(name)} && groupadd "$group" || exit 1; }
    id -nG ${name} | tr ' ' '\n' | grep -qxF "$group" ||
      { echo "joined $group" >>${changesOf(name)} && gpasswd --add ${name} "$group" >/dev/null || exit 1; }
  done`;

const giveShell = (name: string, shell: string): Command => sh`
  was=$(getent passwd ${name} | cut -d: -f7)
  [ "$was" = ${shell} ] ||
    { echo "shell $was" >>${changesOf(name)} && usermod --shell ${shell} ${name} || exit 1; }`;

/** The first recorded shell is the account's own. A group that got other members stays. */
const takeBack = (name: string): Command => sh`
  changes=${changesOf(name)}
  if [ -e "$changes" ] && getent passwd ${name} >/dev/null; then
    sed -n 's/^joined //p' "$changes" | while read -r group; do
      ! id -nG ${name} | tr ' ' '\n' | grep -qxF "$group" || gpasswd --delete ${name} "$group" >/dev/null
    done
    shell=$(sed -n 's/^shell //p' "$changes" | head -n 1)
    [ -z "$shell" ] || usermod --shell "$shell" ${name} || exit 1
  fi
  made=$(sed -n 's/^group //p' "$changes" 2>/dev/null)
  ( ${removeAccounts(notes, [name])} ) || exit
  for group in $made; do
    case $(getent group "$group") in
      '') ;;
      *:) groupdel "$group" || exit 1 ;;
      *) echo "labwright-left the group $group, which has members" ;;
    esac
  done
  rm -f "$changes"
  [ ! -d ${notes} ] || rmdir --ignore-fail-on-non-empty -p ${notes}`;
