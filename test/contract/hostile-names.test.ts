import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { program } from "../../src/program.ts";
import { hostileNames } from "../lab/hostile-names.ts";
import { freePort } from "./hosts-sshd.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
const home = mkdtempSync(join(tmpdir(), "lwtest-names-"));
const mark = join(home, "mark");

/** As many of the names as can be in an argument, in one: a run of the program takes a quarter of a second. */
const hostile = hostileNames(mark)
  .filter((name) => !name.includes("\0") && !name.startsWith("-") && !name.includes("/etc"))
  .join(" ")
  .replaceAll("/", "\\");

/** Runs labwright in its own folder, with a lab whose one host refuses connections. */
function labwright(args: string[]): Promise<{ code: unknown; output: string }> {
  const env = { ...process.env, HOME: home, XDG_DATA_HOME: "", XDG_CACHE_HOME: "" };
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [main, ...args],
      { cwd: home, env, timeout: 30_000 },
      (error, stdout, stderr) => resolve({ code: error ? error.code : 0, output: `${stdout}${stderr}` }),
    ),
  );
}

const commands = [
  ...program().commands.filter(({ commands: inner }) => inner.length === 0),
  ...(program().commands.find((group) => group.name() === "exercise")?.commands ?? []),
];
const wordsOf = (command: (typeof commands)[number]): string[] =>
  command.parent?.name() === "exercise" ? ["exercise", command.name()] : [command.name()];
/** What an argument that is not the one in question is. */
const plain = (command: (typeof commands)[number]): string[] =>
  command.registeredArguments.filter(({ required }) => required).map(() => "docker-macvlan");

/** These wait a minute for the host; what they share with others is tried there. */
const slow = new Set(["kubeconfig", "down", "smoke"]);
const quick = commands.filter((command) => !slow.has(command.name()));

/** Each option once, at the first command that has it, for all have theirs from one place; each argument of each command. */
const options = new Map(
  quick
    .toReversed()
    .flatMap((command) =>
      command.options
        .filter(({ required, optional }) => required || optional)
        .map((option) => [
          option.long === "--junit" ? `${command.name()} --junit` : option.long,
          { command, option },
        ]),
    ),
);
const runs: string[][] = [
  ...[...options.values()].map(({ command, option }) => [
    ...wordsOf(command),
    `${option.long}=${hostile}`,
    ...plain(command),
  ]),
  ...["--exercise", "--limit", "--part-limit"].map((option) => ["smoke", `${option}=${hostile}`]),
  ...quick
    .filter(({ registeredArguments }) => registeredArguments.length > 0)
    .map((command) => [...wordsOf(command), hostile]),
];

describe("a name that a shell would read as a command is run nowhere", () => {
  before(async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const machine = { name: "cp", role: "control-plane", host };
    writeFileSync(
      join(home, "lab.yaml"),
      JSON.stringify({ name: "hostile", provider: "ssh", machines: [machine], playbooks: [] }),
    );
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  test("the commands are found", () => {
    for (const one of [
      "verify --junit",
      "prove --junit",
      "--file",
      "--provider",
      "--user",
      "--sudo-password-file",
    ])
      assert.ok(options.has(one), one);
    assert.ok(runs.some(([first, second]) => first === "exercise" && second === "check"));
  });

  for (const args of runs) {
    const [told = ""] = args.filter((word) => word.includes(hostile));
    const title = [...args.slice(0, args.indexOf(told)), told.replace(hostile, "NAME")].join(" ");
    test(title, async () => {
      const { code, output } = await labwright(args);
      assert.equal(typeof code, "number", `it ended by itself: ${output}`);
      assert.ok(!/TypeError|ReferenceError|\n +at /.test(output), output);
      assert.ok(!existsSync(mark), `${title} ran a command`);
      // What takes the name of a file makes a file of that name, and not of another.
      const made = readdirSync(home).filter(
        (name) => !["lab.yaml", ".local", ".cache", ".kube"].includes(name),
      );
      for (const name of made) {
        assert.equal(name, hostile);
        rmSync(join(home, name), { recursive: true });
      }
    });
  }
});
