import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { temporaryFolder } from "./support/temporary-folder.ts";

const main = join(import.meta.dirname, "../src/main.ts");

let folder = "";
before(async () => {
  folder = await temporaryFolder("completion");
  const machines = "machines: [{ name: cp, role: control-plane }, { name: w1, role: worker }]\n";
  await writeFile(join(folder, "lab.yaml"), `name: one\n${machines}`);
  await mkdir(join(folder, "exercises/mine"), { recursive: true });
});

const run = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: "utf8", cwd: folder });

/** What may follow, without descriptions. */
function completed(...words: string[]): string[] {
  const { status, stdout, stderr } = run("complete", "--", ...words);
  assert.equal(status, 0, stderr);
  return stdout
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(":"))
    .map((line) => line.split("\t")[0] ?? "");
}

test("commands and options are completed", () => {
  assert.deepEqual(completed("ssh"), ["ssh", "ssh-config"]);
  assert.deepEqual(completed("class", "st"), ["status", "start"]);
  assert.deepEqual(completed("reset", "--ma"), ["--machine"]);
});

test("names of the lab file are completed", () => {
  assert.deepEqual(completed("ssh", ""), ["cp", "w1"]);
  assert.deepEqual(completed("reset", "--machine", "w"), ["w1"]);
  assert.deepEqual(completed("up", "--file", ""), ["lab.yaml"]);
  assert.ok(completed("exercise", "start", "").includes("mine"));
  assert.ok(completed("class", "start", "docker-").includes("docker-macvlan"));
});

test("no machine follows where none is meant, or none is known", async () => {
  assert.deepEqual(completed("exercise", "new", ""), []);
  await writeFile(join(folder, "lab.yaml"), "name: [");
  assert.deepEqual(completed("ssh", ""), []);
});

test("bash completes with the script", { skip: spawnSync("bash", ["-c", "true"]).status !== 0 }, async () => {
  const program = join(folder, "labwright");
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(program, 0o755);
  // What bash-completion has for it.
  const script = `_get_comp_words_by_ref() { cur=\${COMP_WORDS[COMP_CWORD]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD; }
    __ltrim_colon_completions() { :; }
    . <(labwright completion bash)
    COMP_WORDS=(labwright class st) COMP_CWORD=2
    "$(complete -p labwright | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8", env });
  assert.deepEqual(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/\s/)[0]),
    ["status", "start"],
    stderr,
  );
});

for (const shell of ["zsh", "fish", "powershell"])
  test(`there is a script for ${shell}`, () => {
    const { status, stdout } = run("completion", shell);
    assert.equal(status, 0);
    assert.match(stdout, /labwright complete /);
  });

test("another shell is refused with those that there are", () => {
  const { status, stderr } = run("completion", "csh");
  assert.equal(status, 2);
  assert.match(stderr, /bash, zsh, fish, powershell/);
});
