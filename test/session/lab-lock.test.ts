import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { defaultLab } from "../../src/lab/expand.ts";
import { makeLive } from "../../src/lab/machine-set.ts";
import { labFolder } from "../../src/paths.ts";
import { withLabLock } from "../../src/session/lab-lock.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

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
