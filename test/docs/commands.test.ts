import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { program } from "../../src/program.ts";
import { rows, table } from "../support/interruptions.ts";

const root = join(import.meta.dirname, "../..");
const texts = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/*.md",
  "docs/ci/*.yaml",
  "playbooks/exercises/*/task.md",
  "{playbooks,examples/*}/exercises/*/solution.md",
].flatMap((pattern) => globSync(pattern, { cwd: root }));

/** The command lines of a page, in fenced blocks and in running text: all that begins with labwright's name. */
function commandLines(text: string, name = ""): string[] {
  const markdown = name.endsWith(".yaml")
    ? `\`\`\`\n${text.replaceAll(/^.*(?=npx --yes labwright)/gm, "")}\`\`\``
    : text;
  const fenced = [...markdown.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    (block ?? "").replaceAll("\\\n", " ").split("\n"),
  );
  const inline = [...markdown.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`]+)`/g)].map(
    ([, text]) => text ?? "",
  );
  return [...fenced, ...inline]
    .map((line) => line.trim().replace(/^\$ /, ""))
    .filter((line) =>
      /^([A-Z_]+=\S+ )*(npx (--yes )?|\.{1,2}\/(\S+\/)?)?labwright(@[\d.]+)? [a-z-]/.test(line),
    );
}

/** The arguments of a command line that is as simple as ours are: words, quotes, a comment at the end. */
const argumentsOf = (line: string): string[] =>
  (
    line
      .replace(/^.*?labwright(@[\d.]+)? /, "")
      .replace(/ +#.*$|[|>;&].*$/, "")
      .match(/"[^"]*"|'[^']*'|\S+/g) ?? []
  )
    .map((word) => word.replaceAll(/^["']|["']$/g, ""))
    .filter((word) => word !== "…");

/** Has every command do nothing, so that only its arguments are looked at. */
function inert(command: Command): Command {
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    if (each !== command) inert(each);
    if (each.commands.length === 0) each.action(() => {});
  }
  return command;
}

for (const name of texts)
  test(`${name}: labwright knows every command that is told there`, async () => {
    for (const line of commandLines(readFileSync(join(root, name), "utf8"), name))
      await assert.doesNotReject(inert(program()).parseAsync(argumentsOf(line), { from: "user" }), line);
  });

test("the commands of the files for CI are found", () => {
  const text = readFileSync(join(root, "docs/ci/gitlab-ci.yaml"), "utf8");
  const found = commandLines(text, "gitlab-ci.yaml").map((line) => argumentsOf(line)[0]);
  assert.deepEqual(found, ["smoke", "sweep"]);
});

test("a command that labwright does not know is found", async () => {
  const [line = ""] = commandLines("Then `./labwright up --fast`.");
  await assert.rejects(inert(program()).parseAsync(argumentsOf(line), { from: "user" }), /--fast/);
});

test("docs/commands.md shows the matrix of interruptions, and each of its rows has a test", () => {
  assert.ok(readFileSync(join(root, "docs/commands.md"), "utf8").includes(table()), table());
  const tests = globSync("test/{commands,e2e}/interrupt*.test.ts", { cwd: root })
    .map((name) => readFileSync(join(root, name), "utf8"))
    .join("\n");
  for (const { phase } of rows) assert.ok(tests.includes(`"${phase}"`), phase);
});
