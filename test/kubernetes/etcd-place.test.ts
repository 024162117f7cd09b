import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { place } from "../../src/kubernetes/etcd.ts";

const folder = mkdtempSync(join(tmpdir(), "lwtest-etcd-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const [data, restored] = [join(folder, "etcd"), join(folder, "restored")];

function fill(path: string, content: string): void {
  mkdirSync(join(path, "member"), { recursive: true });
  writeFileSync(join(path, "member", "db"), content);
}
const put = async () => (await localHost().run(place(sh`${restored}`, data), { accept: "any" })).code;

test("restored data takes the place of etcd's within its folder, which may be a mount and hold more", async () => {
  fill(data, "old");
  mkdirSync(join(data, "lost+found"));
  fill(restored, "new");
  assert.equal(await put(), 0);
  assert.deepEqual(readdirSync(data), ["lost+found", "member"]);
  assert.equal(readFileSync(join(data, "member", "db"), "utf8"), "new");
});

test("where nothing was restored, etcd's data stays", async () => {
  rmSync(join(restored, "member"), { recursive: true, force: true });
  assert.notEqual(await put(), 0);
  assert.equal(readFileSync(join(data, "member", "db"), "utf8"), "new");
});
