import { LabwrightError } from "../errors.ts";
import { type Command, sh } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";

/** Exit codes of the commands in this file, besides 0 and 1. */
export const accountCodes = { taken: 17, placeTaken: 18, changed: 19, link: 20 } as const;

/**
 * Shell functions for an account and its note, a file of root's with a line `account UID HOME`. labwright changes an
 * account only while it has the uid and home that it was made with, and the uid is neither root's nor the system's.
 */
const functions = sh`
  account_entry() { getent passwd "$1" | cut -d: -f3,6 | tr : ' '; }
  account_least() { sed -n 's/^UID_MIN[[:space:]]*//p' /etc/login.defs | head -n 1 | grep -E '^[0-9]+$' || echo 1000; }
  account_same() {
    now=$(account_entry "$1") noted=$(sed -n 's/^account //p' "$2")
    uid=$(printf %s "$now" | cut -d' ' -f1)
    if [ "$now" = "$noted" ] && [ "$uid" -ge "$(account_least)" ]; then return 0; fi
    printf 'account %s: uid and home are "%s", and labwright made it with "%s"\n' "$1" "$now" "$noted" >&2
    return 1
  }
  account_places() { printf '%s\n' "$(useradd -D | sed -n 's/^HOME=//p')/$1" "/var/mail/$1" "/var/spool/cron/crontabs/$1"; }`;

/**
 * Makes an account. Neither the account nor a home, mailbox or crontab of that name may exist yet. The note
 * is written first, so that an attempt that was cut short is recognised.
 */
export const makeAccount = (name: string, note: string, flags: readonly string[]): Command => sh`
  ${functions}
  if [ ! -e ${note} ]; then
    ! getent passwd ${name} >/dev/null || exit ${accountCodes.taken}
    account_places ${name} | while read -r place; do
      [ ! -e "$place" ] && [ ! -L "$place" ] || { echo "$place" >&2; exit 1; }
    done || exit ${accountCodes.placeTaken}
    mkdir -p "$(dirname ${note})" && : >${note} || exit 1
  fi
  getent passwd ${name} >/dev/null || useradd --create-home ${flags} ${name} || exit 1
  grep -q '^account ' ${note} || echo "account $(account_entry ${name})" >>${note}
  account_same ${name} ${note} || exit ${accountCodes.changed}`;

/**
 * Removes accounts that were made with notes in a folder, with their homes and processes; nothing for names without a note.
 * Accounts that have changed since stay, all others are removed; then it ends with the code `changed`. Prints
 * `labwright-left …` for files outside their homes.
 */
export const removeAccounts = (folder: string, names: readonly string[]): Command => sh`
  ${functions}
  account_gone() {
    uid=$(account_entry "$1" | cut -d' ' -f1) home=$(account_entry "$1" | cut -d' ' -f2)
    if [ -L "$home" ] || { [ -e "$home" ] && [ "$(stat -c %u "$home")" != "$uid" ]; }; then
      echo "account $1: $home is no longer its home" >&2; return 1
    fi
    for try in 1 2 3 4 5; do
      pkill -KILL -u "$uid"
      sleep 0.2
      awk -v home="$home/" 'index($2, home) == 1 && $3 ~ /^fuse/ { print $2 }' /proc/mounts | xargs -r umount --lazy
      if awk -v home="$home/" 'index($2, home) == 1 { exit 1 }' /proc/mounts; then :; else
        echo "account $1: something is mounted below $home" >&2; return 1
      fi
      said=$(userdel --remove "$1" 2>&1)
      getent passwd "$1" >/dev/null || break
    done
    ! getent passwd "$1" >/dev/null || { printf '%s\n' "$said" >&2; return 1; }
    rm -f /var/spool/cron/crontabs/"$1" /var/lib/systemd/linger/"$1"
    for place in /tmp /var/tmp /dev/shm /srv /opt; do
      count=$(find "$place" -xdev -uid "$uid" 2>/dev/null | wc -l)
      [ "$count" = 0 ] || echo "labwright-left $count files of the account $1 (uid $uid) in $place"
    done
  }
  failed=0
  for name in ${names}; do
    note=${folder}/"$name"
    [ -e "$note" ] || continue
    if getent passwd "$name" >/dev/null; then
      grep -q '^account ' "$note" || echo "account $(account_entry "$name")" >>"$note"
      account_same "$name" "$note" && account_gone "$name" || { failed=1; continue; }
    fi
    rm -f /etc/sudoers.d/labwright-"$name" "$note"
  done
  [ ! -d ${folder} ] || rmdir --ignore-fail-on-non-empty -p ${folder}
  [ "$failed" = 0 ] || exit ${accountCodes.changed}`;

/** Runs a command of this file, or one that contains it, and throws for its exit codes about accounts. */
export async function runOnAccounts(host: Host, names: string, command: Command): Promise<Output> {
  const output = await host.run(command, { accept: [0, ...Object.values(accountCodes)] });
  const error = accountError(host.name, names, output);
  if (error) throw error;
  return output;
}

function accountError(machine: string, names: string, { code, stderr }: Output): LabwrightError | undefined {
  const said = stderr.trim().split("\n").slice(-3).join("; ");
  const known: Record<number, [code: string, message: string, remedy: string]> = {
    [accountCodes.taken]: [
      "account-taken",
      `${machine} already has an account ${names}, which labwright did not create`,
      "Rename the account in the lab file.",
    ],
    [accountCodes.placeTaken]: [
      "account-taken",
      `${machine} has ${said} from an earlier account ${names}`,
      "Move it away, or rename the account in the lab file.",
    ],
    [accountCodes.changed]: [
      "account-changed",
      `${machine}: ${said}`,
      `Look at the account with \`getent passwd\` on ${machine}: give it its uid and home back, or remove it yourself; then run the command again.`,
    ],
    [accountCodes.link]: [
      "account-link",
      `${machine}: ${said}in the home of ${names}, and labwright does not follow links there`,
      `Remove it on ${machine}, then run the command again.`,
    ],
  };
  const [word, message, remedy] = known[code] ?? [];
  if (word === undefined || message === undefined || remedy === undefined) return undefined;
  return new LabwrightError({ code: word, message, remedy });
}
