import { asUser, rights } from "../hosts/rights.ts";
import { type Command, type Secret, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import type { Sudo } from "../lab/available.ts";
import type { Account } from "../lab/types.ts";
import { accountCodes, makeAccount, removeAccounts } from "./account-notes.ts";

/**
 * A note for each account that labwright made, readable by root only: its uid and home; with a password, its SHA-256 (of 80 random
 * bits) and its hash in shadow(5), so that a password that somebody changed is noticed.
 */
export const accountsFolder = "/etc/labwright/accounts";

const noteOf = (name: string): string => `${accountsFolder}/${name}`;
const sudoersFile = (name: string): string => `/etc/sudoers.d/labwright-${name}`;

/** A file for /etc/sudoers.d; empty for an account without sudo. */
export const sudoers = (name: string, sudo: Sudo): string =>
  ({ none: "", passwordless: `${name} ALL=(ALL:ALL) NOPASSWD: ALL`, password: `${name} ALL=(ALL:ALL) ALL` })[
    sudo
  ];

/** The state of an account on a machine. */
export interface AccountState {
  /** Empty if there is no such account. */
  shell: string;
  /** Whether its uid or home is not the one that labwright made it with. */
  changed: boolean;
  sudoers: string;
  keys: string[];
  /** Of the password that labwright set, while the account still has it; else empty. */
  digest: string;
}

/** The SHA-256 of the password that labwright set, and the hash that shadow(5) got for it: lines of the account's note. */
const hashOf = (name: string): Command => sh`$(getent shadow ${name} | cut -d: -f2)`;

/** Prints the input of `seenIn`. Files that the account controls are read with its own rights, and only their first lines. */
export const askAccount = (name: string): Command => sh`
  ${rights}
  getent passwd ${name} | sed 's/.*:/shell /'
  printf 'uid %s\n' "$(getent passwd ${name} | cut -d: -f3,6 | tr : ' ')"
  sed -n 's/^account /noted /p' ${noteOf(name)}
  sed 's/^/sudoers /' ${sudoersFile(name)}
  [ "$(sed -n 's/^hash //p' ${noteOf(name)})" != "${hashOf(name)}" ] || sed -n '/^digest /p' ${noteOf(name)}
  ${asUser(name, sh`[ ! -f .ssh/authorized_keys ] || head -c 65536 .ssh/authorized_keys`)} | sed 's/^/key /'`;

export function seenIn(fact: Output | undefined): AccountState {
  const values = (word: string): string[] =>
    (fact?.stdout ?? "")
      .split("\n")
      .flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  return {
    shell: values("shell").join(),
    changed: values("noted").length > 0 && values("noted").join() !== values("uid").join(),
    sudoers: values("sudoers").join("\n"),
    keys: values("key"),
    digest: values("digest").join(),
  };
}

export interface Wanted extends Account {
  shell: string;
  /** A line of authorized_keys; empty if there is none to add. */
  key: string;
  password: { word: Secret; digest: string } | undefined;
}

/**
 * Makes or corrects an account; ends with one of `accountCodes` if it is not labwright's. `printf` is the shell's own,
 * so that no argument list has the password.
 */
export const make = (wanted: Wanted): Command => sh`
  umask 077
  ${makeAccount(wanted.name, noteOf(wanted.name), ["--password", "*", "--shell", wanted.shell])}
  ${ensure(wanted)}
  ${wanted.password ? setPassword(wanted.name, wanted.password) : sh``}`;

/**
 * Makes an account with its shell, its sudo and its key, also if somebody else made parts of it already. Its ~/.ssh is the
 * account's: it is changed with the account's own rights, and not through links.
 */
export const ensure = ({ name, sudo, shell, key }: Omit<Wanted, "password">): Command => sh`
  ${rights}
  set -e
  id ${name} >/dev/null 2>&1 || useradd --create-home --password '*' --shell ${shell} ${name}
  [ "$(getent passwd ${name} | sed 's/.*://')" = ${shell} ] || usermod --shell ${shell} ${name}
  if [ -n ${sudoers(name, sudo)} ]; then
    printf '%s\n' ${sudoers(name, sudo)} >${sudoersFile(name)} && chmod 440 ${sudoersFile(name)}
  else
    rm -f ${sudoersFile(name)}
  fi
  ${key === "" ? sh`` : asUser(name, addKey(key))}`;

const addKey = (key: string): Command => sh`
  umask 077
  for place in .ssh .ssh/authorized_keys; do [ ! -L "$place" ] || { echo "~/$place is a link" >&2; exit ${accountCodes.link}; }; done
  [ -d .ssh ] || mkdir .ssh || exit 1
  chmod 700 .ssh || exit 1
  [ ! -e .ssh/authorized_keys ] || [ -f .ssh/authorized_keys ] || { echo '~/.ssh/authorized_keys is not a file' >&2; exit ${accountCodes.link}; }
  if ! grep -qxF -e ${key} .ssh/authorized_keys 2>/dev/null; then
    [ ! -s .ssh/authorized_keys ] || [ -z "$(tail -c 1 .ssh/authorized_keys)" ] || echo >>.ssh/authorized_keys
    printf '%s\n' ${key} >>.ssh/authorized_keys
  fi`;

const setPassword = (name: string, { word, digest }: NonNullable<Wanted["password"]>): Command => sh`
  printf '%s:%s\n' ${name} ${word} | chpasswd
  { grep '^account ' ${noteOf(name)}; printf 'digest %s\nhash %s\n' ${digest} "${hashOf(name)}"; } >${`${noteOf(name)}.new`}
  mv ${`${noteOf(name)}.new`} ${noteOf(name)}`;

/** Whether an account may be removed: its uid is a user's, and no other account's. Anybody with root may have set it to 0. */
export const isOrdinaryUser = (name: string): Command =>
  sh`{ uid=$(getent passwd ${name} | cut -d: -f3) && [ "$uid" -ge 1000 ] 2>/dev/null && [ "$(cut -d: -f3 /etc/passwd | grep -cxF "$uid")" = 1 ]; }`;

/** Removes accounts that labwright made, with their homes and processes; nothing for no names. */
export const takeAway = (names: readonly string[]): Command => removeAccounts(accountsFolder, names);
