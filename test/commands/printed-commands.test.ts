import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { program } from "../../src/program.ts";

const source = join(import.meta.dirname, "../../src");

/** Commands between backticks in messages; a word of the template, or what is quoted, stands for one word. */
const printed = globSync("**/*.ts", { cwd: source }).flatMap((file) =>
  readFileSync(join(source, file), "utf8")
    .split("\n")
    .filter((line) => !/^\s*(\*|\/\*|\/\/)/.test(line))
    .flatMap((line) => [...line.matchAll(/\\?`labwright ([a-z][^`\\]*)\\?`/g)])
    .map(([, words = ""]) => ({ file, words: words.replace(/\$\{[^}]*\}|'[^']*'/g, "x").split(" ") })),
);

/** Why a command line would be refused; empty where it works. */
function flaw(words: readonly string[], from: Command): string {
  const [word, ...rest] = words;
  const next = from.commands.find((one) => one.name() === word);
  if (next) return flaw(rest, next);
  if (from.commands.length > 0) return `there is no command ${word}`;
  const flags = words.filter((one) => one.startsWith("-"));
  const unknown = flags.find((flag) => !from.options.some(({ long, short }) => [long, short].includes(flag)));
  if (unknown !== undefined) return `no option ${unknown}`;
  const needed = from.registeredArguments.filter(({ required }) => required).length;
  return words.length - flags.length < needed ? "an argument is missing" : "";
}

/** The board's messages to students name their command, which is not this program. */
const ofStudents = "board/seat-commands.ts";
const studentHelp = readFileSync(join(source, "../templates/seat/labwright"), "utf8");

const flawAt = (file: string, words: readonly string[]): string =>
  file !== ofStudents
    ? flaw(words, program())
    : studentHelp.includes(`    labwright ${words[0]}`)
      ? ""
      : `students have no command ${words[0]}`;

test("commands in messages work as they are printed", () => {
  assert.ok(printed.length > 50);
  const wrong = printed
    .map(({ file, words }) => ({ file, words, why: flawAt(file, words) }))
    .filter(({ words, why }) => why !== "" && !["needs", "runs", "lab"].includes(words[0] ?? ""))
    .map(({ file, words, why }) => `${file}: labwright ${words.join(" ")}: ${why}`);
  assert.deepEqual(wrong, []);
});
