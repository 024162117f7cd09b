import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";

/** Prints a file's content; a file that does not exist answers with another code than 0. */
export const contentOf = (path: string): Command => sh`cat ${path}`;

/** The difference, in words, between a text file and what it should be; none where they are the same. */
export function textDifference(path: string, fact: Output, wanted: string): string[] {
  if (fact.code !== 0) return [`${path} is missing`];
  return fact.stdout === wanted ? [] : [`${path} differs from what labwright writes`];
}

/** Prints a service's state: `active`, `inactive`, `failed` … */
export const serviceState = (unit: string): Command => sh`systemctl is-active ${unit}`;

export const inactive = (unit: string, fact: Output): string[] =>
  fact.stdout.trim() === "active" ? [] : [`${unit} is ${fact.stdout.trim() || "unknown"}, not active`];

/** Whether a file was written by labwright: the first line of every one that we write, and may meet again, says so. */
export const isOurs = (fact: Output): boolean => fact.stdout.startsWith("# Written by labwright");
