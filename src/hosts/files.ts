import { randomBytes } from "node:crypto";
import { basename, dirname } from "node:path/posix";
import { type Command, sh } from "./sh.ts";

/**
 * Names of half-written files end in this, then a name of this process and a number: what carries another
 * process's name is left from a killed run, and the next write of the same file clears it away.
 */
const mark = ".labwright-";
const us = randomBytes(4).toString("hex");
let count = 0;

/** A name beside the target that no other write uses. */
export function temporaryName(path: string): string {
  count++;
  return `${dirname(path)}/.${basename(path)}${mark}${us}-${count}`;
}

/** Takes `size` bytes from standard input into `temporary`, in a folder that is made where it is missing. */
export function receiving(path: string, temporary: string, size: number, owner: string | undefined): Command {
  return sh`${prepared(path, owner)}
head -c ${size} >${temporary}
${measured(temporary, size)}`;
}

/** The same with the content in the script itself, for what is small: no second round trip. */
export const containing = (
  path: string,
  temporary: string,
  content: Command,
  size: number,
  owner: string | undefined,
): Command =>
  sh`${prepared(path, owner)}
printf %s ${content} >${temporary}
${measured(temporary, size)}`;

/** Gives a received file its owner and mode, and then its name: whoever looks sees the old file or the new one. */
export function placing(path: string, temporary: string, owner: string | undefined, mode: number): Command {
  const own = owner === undefined ? sh`:` : sh`chown ${owner} ${temporary}`;
  return sh`if [ -d ${path} ]; then echo ${`${path} is a folder`} >&2; rm -f ${temporary}; exit 1; fi
{ ${own} && chmod ${mode.toString(8)} ${temporary} && mv -f ${temporary} ${path}; } || { rm -f ${temporary}; exit 1; }`;
}

function prepared(path: string, owner: string | undefined): Command {
  const folder = dirname(path);
  const stem = `${folder}/.${basename(path)}${mark}`;
  const own = owner === undefined ? sh`:` : sh`chown -R ${owner} "$made"`;
  return sh`made=
at=${folder}
while [ ! -e "$at" ]; do made=$at; at=$(dirname "$at"); done
umask 022
if [ -n "$made" ]; then mkdir -p ${folder} && ${own} || exit 1; fi
for left in ${stem}*; do
  case $left in ${stem}${us}-*) ;; *) rm -f "$left" ;; esac
done
umask 077`;
}

const measured = (temporary: string, size: number): Command =>
  sh`[ "$(wc -c <${temporary})" -eq ${size} ] || { rm -f ${temporary}; echo 'the content did not arrive whole' >&2; exit 1; }`;
