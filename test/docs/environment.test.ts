import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/environment.md"), "utf8");
const listed = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name));

const files = globSync(["src/**/*.ts", "infra/**/*.ts", "bin/*.cjs", "Vagrantfile"], { cwd: root });

const codeOf = (file: string): string =>
  readFileSync(join(root, file), "utf8").replaceAll(/^\s*(\/\/|\/?\*|#).*$/gm, "");

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = ""]) => name);

/** Names of variables that a text reads, in each of the ways in which our code does that. */
function readIn(text: string): string[] {
  const taken = all(
    text,
    /\{((?:\s*[A-Z][A-Z0-9_]+(?:: \w+)?,?)+\s*\}(?: = [\w.]+|: NodeJS\.ProcessEnv|, signal\)))/g,
  );
  return [
    ...all(text, /\b(?:env|environment)\??\.([A-Z][A-Z0-9_]*)\b/g),
    ...taken.flatMap((names) => all(names, /\b([A-Z][A-Z0-9_]+)\b/g)),
    ...all(text, /\b(LABWRIGHT_[A-Z_]+)\b/g),
    ...all(text, /"((?:XDG|AWS|HCLOUD|NODE)_[A-Z_]+)"/g),
    ...all(text, /variable\("(\w+)"\)/g).map((name) => name.toUpperCase()),
  ];
}

const read = [...new Set(files.flatMap((file) => readIn(codeOf(file))))];

test("docs/environment.md lists every environment variable that labwright reads, and no others", () => {
  assert.deepEqual(read.sort(), listed.sort());
});

test("every way in which our code reads a variable is known to the test", () => {
  const text = `
    process.env.A_ONE; environment.A_TWO || x; const { A_THREE, A_FOUR: four } = process.env;
    const from = ({ A_FIVE: five }: NodeJS.ProcessEnv) => five; async everywhere({ A_SIX, A_SEVEN }, signal) {}
    "LABWRIGHT_EIGHT"; xdg("XDG_NINE"); variable("a_ten");`;
  const names = ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN"].map((name) => `A_${name}`);
  assert.deepEqual(readIn(text).sort(), [...names, "LABWRIGHT_EIGHT", "XDG_NINE", "A_TEN"].sort());
});

/** Names that are computed: those of src/paths.ts and the password are matched as texts, those of ~/.ssh/config are the person's. */
const computed = [
  "src/paths.ts",
  "src/providers/pulumi/clouds.ts",
  "src/providers/ssh/identities.ts",
  "src/providers/ssh/sudo-passwords.ts",
  "src/http/proxies.ts",
];

test("names of variables are computed in known files only", () => {
  const found = files.filter((file) => /\b(env|environment)\[/.test(codeOf(file)));
  assert.deepEqual(found.sort(), computed.sort());
});
