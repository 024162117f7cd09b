import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { assertWritable, writeNew } from "../../../src/snapshots/file/write.ts";

const root = mkdtempSync(join(tmpdir(), "lwtest-write-"));
after(() => rmSync(root, { recursive: true, force: true }));
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(root, "case-"));
});

const never = new AbortController().signal;

async function* text(...pieces: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (typeof piece !== "string") throw piece;
    yield Buffer.from(piece);
  }
}

test("a new file is whole, and only its owner can read it", async () => {
  const file = join(folder, "a");
  await assertWritable(file);
  assert.equal(await writeNew(file, text("one ", "two"), never), 7);
  assert.equal(readFileSync(file, "utf8"), "one two");
  assert.equal((statSync(file).mode & 0o777).toString(8), "600");
  assert.deepEqual(readdirSync(folder), ["a"]);
});

test("no file is replaced, also if it appears meanwhile", async () => {
  const file = join(folder, "a");
  writeFileSync(file, "theirs");
  const refused = { code: "not-written", exit: 2, message: /a exists already$/ };
  await assert.rejects(assertWritable(file), refused);
  await assert.rejects(writeNew(file, text("ours"), never), refused);
  assert.equal(readFileSync(file, "utf8"), "theirs");
  assert.deepEqual(readdirSync(folder), ["a"]);
  await assert.rejects(assertWritable(join(folder, "none/a")), { exit: 2, message: /there is no folder/ });
});

test("a failure and an interruption leave nothing, and what a killed run has left is removed", async () => {
  const file = join(folder, "a");
  await assert.rejects(writeNew(file, text("one", new Error("the engine is gone")), never), /is gone/);
  assert.deepEqual(readdirSync(folder), []);
  const control = new AbortController();
  const interrupted = (async function* () {
    yield* text("one");
    control.abort();
    yield* text("two");
  })();
  await assert.rejects(writeNew(file, interrupted, control.signal), { code: "interrupted" });
  assert.deepEqual(readdirSync(folder), []);
  writeFileSync(join(folder, "a.labwright-new-4999999-123"), "half");
  writeFileSync(join(folder, "a.labwright-new"), "somebody's");
  await assertWritable(file);
  assert.deepEqual(readdirSync(folder), ["a.labwright-new"]);
});

test("a folder that cannot be written to is an error with a remedy", {
  skip: process.getuid?.() === 0 && "root can write everywhere",
}, async () => {
  chmodSync(folder, 0o500);
  await assert.rejects(writeNew(join(folder, "a"), text("one"), never), { code: "not-written", exit: 2 });
});
