import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { takenFor } from "../support/other-node.ts";

/** A clone that has run `npm ci`: its program is its source, whichever Node calls it. */
const root = join(import.meta.dirname, "../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
let folder = "";
let program = "";

before(() => {
  folder = mkdtempSync(join(tmpdir(), "labwright-clone-"));
  for (const name of ["bin", "src", "package.json"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  symlinkSync("bin/labwright.cjs", join(folder, "labwright"));
  program = join(folder, "labwright");
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => spawnSync(process.execPath, args, { encoding: "utf8" });

test("an old Node hands over to the one that npm ci brought, with arguments, output and exit code", () => {
  const { status, stdout } = run(...takenFor("20.20.2"), program, "--version");
  assert.deepEqual([status, stdout], [0, `${version}\n`]);
  const wrong = run(...takenFor("20.20.2"), program, "upp");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /unknown command/);
});

test("a change in the source is seen by the next call", () => {
  const file = join(folder, "src/program.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("create or update the lab", "create or update the laboratory"));
  assert.match(run(program, "--help").stdout, /create or update the laboratory/);
  writeFileSync(file, text);
});

test("a clone without its packages says what is missing", () => {
  const bare = mkdtempSync(join(tmpdir(), "labwright-bare-"));
  for (const name of ["bin", "src"]) cpSync(join(root, name), join(bare, name), { recursive: true });
  const { status, stderr } = run(...takenFor("20.20.2"), join(bare, "bin/labwright.cjs"), "up");
  rmSync(bare, { recursive: true });
  assert.equal(status, 2);
  assert.match(stderr, /run `npm ci` in .*labwright-bare-/);
});

test("a signal to the old Node ends the program, and both end the same way", async () => {
  // `--import` of what never ends stands for a command at work.
  const waiting = join(folder, "src/program.ts");
  const text = readFileSync(waiting, "utf8");
  writeFileSync(
    waiting,
    "export const main = () => { console.log(process.pid); setInterval(() => {}, 1000); };\n",
  );
  const child = spawn(process.execPath, [...takenFor("20.20.2"), program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = Number(await new Promise((resolve) => child.stdout.once("data", resolve)));
  child.kill("SIGTERM");
  const signal = await new Promise((resolve) => child.once("exit", (_, how) => resolve(how)));
  writeFileSync(waiting, text);
  assert.equal(signal, "SIGTERM");
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});
