import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { inotifyLeft } from "../../src/providers/inotify.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const skip = process.getuid?.() !== 0 && "only root's are counted";

test("open inotify instances are counted in all processes", { skip }, async () => {
  const proc = await temporaryFolder("proc");
  await mkdir(join(proc, "sys/fs/inotify"), { recursive: true });
  await writeFile(join(proc, "sys/fs/inotify/max_user_instances"), "128\n");
  for (const process of ["1", "20"]) {
    await mkdir(join(proc, process, "fd"), { recursive: true });
    await symlink("anon_inode:inotify", join(proc, process, "fd/3"));
    await symlink("anon_inode:[eventfd]", join(proc, process, "fd/4"));
  }
  await mkdir(join(proc, "30"));
  assert.equal(await inotifyLeft(proc), 126);
});

test("without /proc, nothing is known", async () => {
  assert.equal(await inotifyLeft(join(await temporaryFolder("proc"), "none")), undefined);
});
