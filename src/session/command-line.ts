import { quoted } from "../hosts/sh.ts";
import type { LabOptions } from "./session.ts";

type Given = Pick<LabOptions, "file" | "provider" | "sudoPasswordFile">;

/**
 * A command as the person may type it now, with the options of the lab that they have given. Options stand before the
 * arguments, because `labwright ssh` hands what follows its machine on to that machine.
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
