import { type Command, type Secret, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import type { Account, Sudo } from "../../lab/types.ts";

/**
 * A file here for each account that labwright made, root's alone: with a password, its SHA-256 (of 80 random bits) and
 * the hash that shadow(5) got for it, so that a password that somebody changed is seen.
 */
export const accountsFolder = "/etc/labwright/accounts";

const markOf = (name: string): string => `${accountsFolder}/${name}`;
const sudoersFile = (name: string): string => `/etc/sudoers.d/labwright-${name}`;

/** A file for /etc/sudoers.d; empty for an account that is not to become root. */
export const sudoers = (name: string, sudo: Sudo): string =>
  ({ none: "", passwordless: `${name} ALL=(ALL:ALL) NOPASSWD: ALL`, password: `${name} ALL=(ALL:ALL) ALL` })[
    sudo
  ];

/** What a machine says of an account. */
export interface Seen {
  /** Empty where there is no such account. */
  shell: string;
  sudoers: string;
  keys: string[];
  /** Of the password that labwright set, while that is still the account's; else empty. */
  digest: string;
}

const hashOf = (name: string): Command => sh`$(getent shadow ${name} | cut -d: -f2)`;

/** Prints what `seenIn` reads. */
export const look = (name: string): Command => sh`
  getent passwd ${name} | sed 's/.*:/shell /'
  sed 's/^/sudoers /' ${sudoersFile(name)}
  sed 's/^/key /' "$(getent passwd ${name} | cut -d: -f6)/.ssh/authorized_keys"
  [ "$(sed -n 2p ${markOf(name)})" != "${hashOf(name)}" ] || sed -n '1s/^/digest /p' ${markOf(name)}`;

export function seenIn(fact: Output | undefined): Seen {
  const values = (word: string): string[] =>
    (fact?.stdout ?? "")
      .split("\n")
      .flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  return {
    shell: values("shell").join(),
    sudoers: values("sudoers").join("\n"),
    keys: values("key"),
    digest: values("digest").join(),
  };
}

export interface Wanted extends Account {
  shell: string;
  /** A line of authorized_keys; empty where there is none to add. */
  key: string;
  password: { word: Secret; digest: string } | undefined;
}

/**
 * Makes an account, or makes it right; ends with 17 where there is one that labwright did not make. `printf` is the
 * shell's own, so that no argument list has the password.
 */
export const make = (wanted: Wanted): Command => sh`
  set -e
  umask 077
  mkdir -p ${accountsFolder}
  [ -e ${markOf(wanted.name)} ] || ! id ${wanted.name} >/dev/null 2>&1 || exit 17
  touch ${markOf(wanted.name)}
  ${ensure(wanted)}
  ${wanted.password ? setPassword(wanted.name, wanted.password) : sh``}`;

/** Makes an account with its shell, its way to become root and its key; whoever made what is there already. */
export const ensure = ({ name, sudo, shell, key }: Omit<Wanted, "password">): Command => sh`
  id ${name} >/dev/null 2>&1 || useradd --create-home --password '*' --shell ${shell} ${name}
  [ "$(getent passwd ${name} | sed 's/.*://')" = ${shell} ] || usermod --shell ${shell} ${name}
  if [ -n ${sudoers(name, sudo)} ]; then
    printf '%s\n' ${sudoers(name, sudo)} >${sudoersFile(name)} && chmod 440 ${sudoersFile(name)}
  else
    rm -f ${sudoersFile(name)}
  fi
  home=$(getent passwd ${name} | cut -d: -f6)
  group=$(id -gn ${name})
  install -d -m 700 -o ${name} -g "$group" "$home/.ssh"
  if [ -n ${key} ] && ! grep -qxF ${key} "$home/.ssh/authorized_keys" 2>/dev/null; then
    printf '%s\n' ${key} >>"$home/.ssh/authorized_keys"
    chown ${name}: "$home/.ssh/authorized_keys"
  fi`;

const setPassword = (name: string, { word, digest }: NonNullable<Wanted["password"]>): Command => sh`
  printf '%s:%s\n' ${name} ${word} | chpasswd
  printf '%s\n%s\n' ${digest} "${hashOf(name)}" >${markOf(name)}`;

/** Whether an account may be removed: its number is a user's, and nobody else's. Anybody with root may have made it 0. */
export const isOrdinaryUser = (name: string): Command =>
  sh`{ uid=$(getent passwd ${name} | cut -d: -f3) && [ "$uid" -ge 1000 ] 2>/dev/null && [ "$(cut -d: -f3 /etc/passwd | grep -cxF "$uid")" = 1 ]; }`;

/** Removes accounts that labwright made, with their homes and processes; nothing for no names. */
export const takeAway = (names: readonly string[]): Command => sh`
  for name in ${names}; do
    [ -e ${accountsFolder}/"$name" ] || continue
    pkill -KILL -u "$name" || true
    rm -f /etc/sudoers.d/labwright-"$name"
    ! id "$name" >/dev/null 2>&1 || userdel --force --remove "$name" 2>/dev/null || ! id "$name" >/dev/null 2>&1 || exit 1
    rm -f ${accountsFolder}/"$name"
  done
  [ ! -d ${accountsFolder} ] || rmdir --ignore-fail-on-non-empty -p ${accountsFolder}`;
