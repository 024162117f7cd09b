import { randomBytes } from "node:crypto";
import { basename, dirname } from "node:path/posix";
import { rights } from "./rights.ts";
import { type Command, sh } from "./sh.ts";

/**
 * Names of half-written files end in this, then a name of this process and a number: another
 * process's name means a killed run, and the next write of the same file removes it.
 */
const mark = ".labwright-";
const us = randomBytes(4).toString("hex");
let count = 0;

/** A name beside the target that no other write uses. */
export function temporaryName(path: string): string {
  count++;
  return `${dirname(path)}/.${basename(path)}${mark}${us}-${count}`;
}

/** Takes `size` bytes from standard input into `temporary`, in a folder that is created if it is missing. */
export function receiving(path: string, temporary: string, size: number, owner: string | undefined): Command {
  return sh`${prepared(path, owner)}
head -c ${size} | ${taken(path, temporary, size)}`;
}

/** The same with small content in the script itself: no second round trip. */
export const containing = (
  path: string,
  temporary: string,
  content: Command,
  size: number,
  owner: string | undefined,
): Command =>
  sh`${prepared(path, owner)}
printf %s ${content} | ${taken(path, temporary, size)}`;

export interface Attributes {
  owner: string | undefined;
  mode: number;
  /** When its content was changed, in seconds since 1970; absent: now. */
  changed?: number | undefined;
}

/** Gives a received file its attributes, and then its name: readers see the old file or the new one. */
export function placing(path: string, temporary: string, { owner, mode, changed }: Attributes): Command {
  const timed =
    changed === undefined ? sh`:` : sh`labwright_as ${path} touch -m -d ${`@${changed}`} ${temporary}`;
  return sh`${rights}
if [ -d ${path} ]; then echo ${`${path} is a folder`} >&2; rm -f ${temporary}; exit 1; fi
{ ${timed} && labwright_as ${path} chmod ${mode.toString(8)} ${temporary} && ${owned(path, temporary, owner)} && labwright_as ${path} mv -f ${temporary} ${path}; } || { labwright_as ${path} rm -f ${temporary}; exit 1; }`;
}

/**
 * In a user's folder, files that the user writes are theirs already. For another owner the folder is entered first, so that
 * the user cannot put another one in its place.
 */
function owned(path: string, temporary: string, owner: string | undefined): Command {
  if (owner === undefined) return sh`:`;
  const user = owner.replace(/:.*/, "");
  return sh`{
  at=$(labwright_controller ${path})
  if [ -z "$at" ]; then chown ${owner} ${temporary}
  else [ "$at" = "$(id -u ${user})" ] || { cd ${dirname(path)} && [ "$(stat -c %u .)" = "$at" ] && chown -h ${owner} ${`./${basename(temporary)}`}; }
  fi; }`;
}

function prepared(path: string, owner: string | undefined): Command {
  const folder = dirname(path);
  const stem = `${folder}/.${basename(path)}${mark}`;
  const own =
    owner === undefined
      ? sh`:`
      : sh`{ [ -n "$(labwright_controller ${path})" ] || chown -R ${owner} "$made"; }`;
  return sh`${rights}
made=
at=${folder}
while [ ! -e "$at" ]; do made=$at; at=$(dirname "$at"); done
umask 022
if [ -n "$made" ]; then labwright_as ${path} mkdir -p ${folder} && ${own} || exit 1; fi
for left in ${stem}*; do
  case $left in ${stem}${us}-*) ;; *) [ ! -e "$left" ] && [ ! -L "$left" ] || labwright_as ${path} rm -f "$left" ;; esac
done`;
}

/** Takes standard input into a file that must not exist yet, and counts what has arrived. */
const taken = (path: string, temporary: string, size: number): Command =>
  sh`labwright_as ${path} sh -c ${taking} sh ${temporary} ${size} || exit 1`;

const taking =
  'umask 077; set -C; cat >"$1" && [ "$(wc -c <"$1")" -eq "$2" ] || { rm -f "$1"; echo "the content did not arrive completely" >&2; exit 1; }';
