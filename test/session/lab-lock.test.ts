import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { defaultLab } from "../../src/lab/expand.ts";
import { makeLive } from "../../src/lab/machine-set.ts";
import { labFolder } from "../../src/paths.ts";
import { withLabLock } from "../../src/session/lab-lock.ts";

const home = process.env.XDG_DATA_HOME;
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-lock-"));
  process.env.XDG_DATA_HOME = folder;
});
after(async () => {
  if (home === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = home;
  await rm(folder, { recursive: true });
});

const lab = (name: string, set?: string) => ({ lab: { ...defaultLab(), name, ...(set && { set }) } });
const work = async (): Promise<string> => "done";

test("a lock leaves no folder of a lab that has none", async () => {
  assert.equal(await withLabLock(lab("none"), work), "done");
  assert.ok(!existsSync(labFolder("none")));
});

test("work on machines that a spare has replaced meanwhile is refused, unless any set is right", async () => {
  await makeLive("replaced", "2");
  await assert.rejects(withLabLock(lab("replaced"), work), { code: "lab-replaced", exit: 1 });
  assert.equal(await withLabLock(lab("replaced", "2"), work), "done");
  assert.equal(await withLabLock(lab("replaced"), work, { anySet: true }), "done");
});
