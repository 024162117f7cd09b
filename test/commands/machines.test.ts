import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "lwtest-machines-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const main = join(import.meta.dirname, "../../src/main.ts");

function machines(provider: string, ...args: string[]) {
  const file = join(folder, "lab.yaml");
  writeFileSync(
    file,
    `name: m\nprovider: ${provider}\nmachines: [{ name: a, role: app-server }]\nplaybooks: []\n`,
  );
  return spawnSync(process.execPath, [main, "machines", "--file", file, ...args], { encoding: "utf8" });
}

test("machines: Vagrant's addresses are not told of a lab of another provider", () => {
  const { status, stdout, stderr } = machines("docker");
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(stderr, /provider docker/);
  assert.equal(machines("docker", "--provider", "vagrant").status, 0);
  assert.equal(JSON.parse(machines("vagrant").stdout).machines.length, 1);
});
