import { quoted } from "../hosts/sh.ts";
import type { LabOptions } from "./session.ts";

type Given = Pick<LabOptions, "file" | "name" | "provider" | "sudoPasswordFile">;

/** The options of the lab that were given, as arguments of another command on that lab. */
export const labArguments = ({ file, name, provider, sudoPasswordFile }: Given): string[] =>
  Object.entries({ file, name, provider, "sudo-password-file": sudoPasswordFile }).flatMap(
    ([option, value]) => (value === undefined ? [] : [`--${option}`, value]),
  );

/**
 * A command to type next, with the options of the lab that were given. Options come before the
 * arguments, because `labwright ssh` passes everything after its machine on to that machine.
 */
export const commandLine = (given: Given, command: string, ...words: readonly string[]): string =>
  ["labwright", command, ...[...labArguments(given), ...words].map(quoted)].join(" ");
