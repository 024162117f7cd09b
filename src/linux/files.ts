import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";

/** Prints a file's content; the exit code is not 0 if the file does not exist. */
export const contentOf = (path: string): Command => sh`cat ${path}`;

/** The difference, in words, between a text file and what it should be; none if they are the same. */
export function textDifference(path: string, fact: Output, wanted: string): string[] {
  if (fact.code !== 0) return [`${path} is missing`];
  return fact.stdout === wanted ? [] : [`${path} differs from what labwright writes`];
}

/** Prints a service's state: `active`, `inactive`, `failed` … */
export const serviceState = (unit: string): Command => sh`systemctl is-active ${unit}`;

export const inactive = (unit: string, fact: Output): string[] =>
  fact.stdout.trim() === "active" ? [] : [`${unit} is ${fact.stdout.trim() || "unknown"}, not active`];

/** Whether labwright wrote a file: the first line of every file that we write, and may find again, says so. */
export const isOurs = (fact: Output): boolean => fact.stdout.startsWith("# Written by labwright");
