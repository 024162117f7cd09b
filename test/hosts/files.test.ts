import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { containing, placing, receiving, temporaryName } from "../../src/hosts/files.ts";
import { type Command, Secret, sh } from "../../src/hosts/sh.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lwtest-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const shell = (command: Command, input = ""): number | null =>
  spawnSync("sh", ["-c", command.reveal()], { input }).status;

test("a temporary file is beside its target, under its own name", () => {
  const [one, two] = [temporaryName("/etc/x y"), temporaryName("/etc/x y")];
  assert.match(one, /^\/etc\/\.x y\.labwright-[0-9a-f]{8}-\d+$/);
  assert.notEqual(one, two);
});

test("nobody else can read what arrives, until it has its owner and mode", () => {
  const path = join(folder, "new", "file");
  const temporary = temporaryName(path);
  assert.equal(shell(receiving(path, temporary, 4, undefined), "text"), 0);
  assert.equal(statSync(temporary).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, "new")).mode & 0o777, 0o755);
  assert.equal(existsSync(path), false);
  assert.equal(shell(placing(path, temporary, { owner: undefined, mode: 0o640 })), 0);
  assert.equal(statSync(path).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(join(folder, "new")), ["file"]);
});

test("content within the script is as private, and as whole", () => {
  const path = join(folder, "file");
  const temporary = temporaryName(path);
  const content = "it's\n\\n %s é\n\n";
  const command = containing(
    path,
    temporary,
    sh`${new Secret(content)}`,
    Buffer.byteLength(content),
    undefined,
  );
  assert.equal(shell(command), 0);
  assert.equal(readFileSync(temporary, "utf8"), content);
  assert.equal(statSync(temporary).mode & 0o777, 0o600);
});

test("what does not arrive whole is taken away", () => {
  const path = join(folder, "file");
  assert.equal(shell(receiving(path, temporaryName(path), 5, undefined), "four"), 1);
  assert.deepEqual(readdirSync(folder), []);
});

test("a folder that was there keeps its mode", () => {
  chmodSync(folder, 0o700);
  const path = join(folder, "file");
  assert.equal(shell(receiving(path, temporaryName(path), 0, undefined)), 0);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});
