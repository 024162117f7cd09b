import assert from "node:assert/strict";
import { lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { removal } from "./calico-node-allowed.ts";
import { isInCalicoNode } from "./calico-node-programs.ts";

test("Calico's own image has the programs that its allow-list keeps", () => {
  for (const program of ["/bin/bash", "/bin/calico-node", "ln", "rm", "sleep", "ip", "[", "calico"]) {
    assert.ok(isInCalicoNode(program), program);
  }
  for (const program of ["mv", "seq", "install", "/usr/bin/mv", "/opt/ip", "zip", "perl", "dash"]) {
    assert.ok(!isInCalicoNode(program), program);
  }
});

test("of a root file system those programs stay that Calico's own image has", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "labwright-"));
  t.after(() => rm(root, { recursive: true }));
  const folders = ["usr/bin", "usr/sbin", "usr/local/bin", "opt/cni/bin"];
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const link of ["bin", "sbin"]) await symlink(`usr/${link}`, join(root, link));
  await symlink("dash", join(root, "usr/bin/sh"));
  const programs = ["bin/bash", "bin/dash", "bin/ln", "bin/mv", "bin/calico-node-run", "sbin/ip", "sbin/zip"];
  for (const file of [...programs.map((program) => `usr/${program}`), "opt/cni/bin/mv"]) {
    await writeFile(join(root, file), "");
  }
  await execa("bash", ["-c", removal(root)], { stdin: "ignore" });
  const left = await Promise.all(folders.map((folder) => readdir(join(root, folder))));
  assert.deepEqual(
    left.map((names) => names.sort()),
    [["bash", "calico-node-run", "ln", "sh"], ["ip"], [], ["mv"]],
  );
  assert.ok(await lstat(join(root, "bin")));
  await assert.rejects(lstat(join(root, "sbin")), "as in Calico's image");
});
