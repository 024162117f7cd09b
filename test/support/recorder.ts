import type { ApplyContext, CheckContext } from "../../src/engine/step.ts";
import type { Command } from "../../src/hosts/sh.ts";
import type { Host, Output, RemoteFile, RunOptions } from "../../src/hosts/types.ts";
import { withScriptsNamed } from "./library-scripts.ts";

/** What a machine prints for commands that contain a text; the first that fits counts. Every other command prints nothing. */
export type Answers = readonly (readonly [contains: string, printed: string | Output])[];

const indented = (lines: readonly string[]): string =>
  lines.map((line) => `    ${line}`.trimEnd()).join("\n");

const linesOf = (text: string): string[] =>
  text
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "");

function contentOf({ content }: RemoteFile): string[] {
  if (typeof content === "string") return withScriptsNamed(content).replace(/\n$/, "").split("\n");
  return [content instanceof Uint8Array ? `${content.length} bytes` : `the file ${content.localFile}`];
}

/**
 * Machines that note what is run on them and written to them, and answer as they are told. `words` stand for what is
 * another thing on each computer, or in each release.
 */
export function recorder(answers: Answers, words: Readonly<Record<string, string>>) {
  const noted: string[] = [];
  const notes: string[] = [];

  const host = (name: string): Host => ({
    name,
    roundTrips: 0,
    async run(command: Command, { accept = [0], onLine }: RunOptions = {}) {
      noted.push(`${name} runs\n${indented(linesOf(withScriptsNamed(command.reveal())))}`);
      const printed = answers.find(([contains]) => command.reveal().includes(contains))?.[1] ?? "";
      const output = typeof printed === "string" ? { code: 0, stdout: printed, stderr: "" } : printed;
      for (const line of linesOf(output.stdout)) onLine?.(line);
      if (accept !== "any" && !accept.includes(output.code)) throw new Error(`${name}: ${output.code}`);
      return output;
    },
    async write(file: RemoteFile) {
      const { path, owner = "root:root", mode = 0o644 } = file;
      noted.push(`${name} is sent ${path} ${owner} 0${mode.toString(8)}\n${indented(contentOf(file))}`);
    },
    close: async () => {},
  });

  return {
    host,
    context: (context: CheckContext): ApplyContext => ({
      ...context,
      signal: new AbortController().signal,
      on: async (machine) => host(machine),
      note: (text) => void notes.push(text),
      leave: (text) => noted.push(`leaves: ${text}`),
    }),
    notes: (): readonly string[] => notes,
    done: (): string =>
      Object.entries(words).reduce(
        (text, [found, word]) => text.replaceAll(found, word),
        `${noted.join("\n")}\n`,
      ),
  };
}
