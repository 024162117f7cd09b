import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { prepareFolder, stateFile, writeStudentFolder } from "../../src/class/export-folder.ts";
import { thisProcessWord } from "../../src/local/process-name.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder("labs");
});

const whole = (to: string) => writeFile(join(to, stateFile), "{}");
const never = () => assert.fail("is not written");

test("a new folder is the user's alone", async () => {
  const made = join(folder, "new");
  await prepareFolder(made);
  assert.equal((await stat(made)).mode & 0o777, 0o700);
});

test("what a killed export has left is removed, and nothing else", async () => {
  const running = `.labwright-export-${thisProcessWord()}-abc`;
  for (const name of [".labwright-export-999999999-1-abc", running, "notes", "alice"])
    await mkdir(join(folder, name));
  await prepareFolder(folder);
  assert.deepEqual((await readdir(folder)).sort(), [running, "alice", "notes"].sort());
});

for (const bad of ["no/such", "file", "file/below"])
  test(`${bad} is not a folder to write into`, async () => {
    await writeFile(join(folder, "file"), "");
    await assert.rejects(prepareFolder(join(folder, bad)), { code: "folder-unwritable", exit: 2 });
  });

test("a student's folder is written once", async () => {
  assert.equal(await writeStudentFolder(folder, "alice", whole), true);
  assert.equal(await writeStudentFolder(folder, "alice", never), false);
  assert.deepEqual(await readdir(folder), ["alice"]);
});

test("a folder that no export has written stays", async () => {
  await mkdir(join(folder, "alice"));
  await writeFile(join(folder, "alice/notes"), "mine");
  await assert.rejects(writeStudentFolder(folder, "alice", never), { code: "folder-taken", exit: 2 });
  assert.equal(await readFile(join(folder, "alice/notes"), "utf8"), "mine");
});

test("a folder that could not be written whole is not there", async () => {
  const failing = async (to: string) => {
    await whole(to);
    throw new Error("no");
  };
  await assert.rejects(writeStudentFolder(folder, "alice", failing), /no/);
  assert.deepEqual(await readdir(folder), []);
});
