import { quoted } from "../hosts/sh.ts";
import type { LabOptions } from "./session.ts";

type Given = Pick<LabOptions, "file" | "provider" | "sudoPasswordFile">;

/**
 * A command to type next, with the options of the lab that were given. Options come before the
 * arguments, because `labwright ssh` passes everything after its machine on to that machine.
 */
export function commandLine(
  { file, provider, sudoPasswordFile }: Given,
  command: string,
  ...words: readonly string[]
): string {
  const options = Object.entries({ file, provider, "sudo-password-file": sudoPasswordFile }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name}`, quoted(value)]),
  );
  return ["labwright", command, ...options, ...words.map(quoted)].join(" ");
}
