import { type Command, sh } from "../../hosts/sh.ts";

/** The file on a host that names its owner. */
export const markFile = "/etc/labwright/host.json";

/** The lab that has taken a host, and its owner. */
export interface Mark {
  lab: string;
  /** The lab's id; absent in marks of labwright before labs had ids. It alone decides ownership. */
  id?: string;
  /** The lab's owner, for people to read. */
  owner: string;
  machine: string;
  /** ISO 8601. */
  since: string;
}

/** The mark in a file's text; undefined if it is not one, or incomplete. */
export function markIn(text: string): Mark | undefined {
  try {
    const { lab, id, owner, machine, since } = JSON.parse(text) as Partial<Mark>;
    return lab && owner && machine && since ? { lab, ...(id && { id }), owner, machine, since } : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the mark if there is none; exits with 17 if another run was first. */
export const writeMark = (mark: Mark): Command => sh`
  mkdir -p /etc/labwright || exit 1
  set -C
  printf '%s\n' ${JSON.stringify(mark)} 2>/dev/null >${markFile} || exit 17`;

/** Replaces the existing mark. */
export const rewriteMark = (mark: Mark): Command => sh`
  umask 022
  printf '%s\n' ${JSON.stringify(mark)} >${markFile}.new && mv ${markFile}.new ${markFile}`;

export const removeMark: Command = sh`rm -f ${markFile} && { [ ! -d /etc/labwright ] || rmdir /etc/labwright; }`;
