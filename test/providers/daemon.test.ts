import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { untilGone } from "../../src/providers/engine/daemon.ts";

const skip =
  process.platform === "linux" && process.getuid?.() === 0 ? false : "only root mounts something on Linux";

test("a daemon that stops leaves no mount in its folder, so that the folder can be removed", {
  skip,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "labwright-test-daemon-"));
  const inner = join(folder, "data/overlay");
  await mkdir(inner, { recursive: true });
  const { run } = localHost();
  await run(sh`cd ${folder} && mount --bind data data && mount -t tmpfs none data/overlay`);
  const mounts = async () =>
    (await readFile("/proc/mounts", "utf8")).split("\n").filter((line) => line.includes(folder));
  t.after(() => run(sh`umount ${inner}; umount ${folder}/data; rm -rf ${folder}`, { accept: "any" }));
  assert.equal((await mounts()).length, 2);
  const daemon = spawn("sleep", ["1"]);
  await run(untilGone(daemon.pid ?? 0, [folder]));
  assert.equal(daemon.exitCode, 0, "it was waited for");
  assert.deepEqual(await mounts(), []);
  await rm(folder, { recursive: true });
});
