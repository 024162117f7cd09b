import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");
const files = globSync("templates/**/*.sh", { cwd: root }).sort();
const isMissing = spawnSync("shellcheck", ["--version"]).error !== undefined;

test("shellcheck finds nothing in the scripts of templates/", {
  skip: isMissing && "shellcheck is not installed: apt-get install shellcheck",
}, () => {
  assert.ok(files.length > 0);
  const { status, stdout } = spawnSync("shellcheck", ["--color=never", ...files], {
    cwd: root,
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
});

test("the scripts of templates/ parse in each shell that a machine may have", () => {
  for (const shell of ["sh", "bash"])
    for (const file of files) {
      const { status, stderr } = spawnSync(shell, ["-n", join(root, file)], { encoding: "utf8" });
      assert.equal(status, 0, `${shell}: ${stderr}`);
    }
});
