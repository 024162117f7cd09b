import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { classFolder } from "../../src/class/labs.ts";
import { forgetClass, recordOf, withClassLock, writeRecord } from "../../src/class/record.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

test("a class file of the same name in another folder does not get the labs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lwtest-record-"));
  const file = join(folder, "class.yaml");
  try {
    await writeFile(file, "");
    await writeRecord("autumn", { students: ["alice"], file });
    assert.deepEqual((await recordOf({ name: "autumn", file })).students, ["alice"]);
    await assert.rejects(recordOf({ name: "autumn", file: "/other/class.yaml" }), {
      code: "class-of-another",
      message: `the class "autumn" was made from ${file}`,
      exit: 2,
    });
    // The file was moved there.
    await rm(file);
    assert.deepEqual((await recordOf({ name: "autumn", file: "/other/class.yaml" })).students, ["alice"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("one command at a time changes a class, and one that is forgotten leaves no folder", async () => {
  await withClassLock("spring", async () => {
    await writeRecord("spring", { students: [] });
    await assert.rejects(
      withClassLock("spring", async () => {}),
      { code: "class-locked" },
    );
    await forgetClass("spring");
  });
  assert.equal(existsSync(classFolder("spring")), false);
});
