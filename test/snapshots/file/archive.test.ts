import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, test } from "node:test";
import type { SnapshotPart } from "../../../src/providers/types.ts";
import { archiveOf, assertWhole, headOf, partsIn } from "../../../src/snapshots/file/archive.ts";

const folder = mkdtempSync(join(tmpdir(), "lwtest-archive-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "file");

const head = { kind: "labwright snapshot file", form: 1 };
/** More than two pieces, which cannot be compressed. */
const large = randomBytes(9_000_000);
const contents: [string, Buffer][] = [
  ["exercises.json", Buffer.from("[]")],
  ["empty", Buffer.alloc(0)],
  ["images", large],
  ["volumes/cp", Buffer.alloc(20_000_000, "same")],
];

async function* partsOf(all: readonly [string, Buffer][]): AsyncGenerator<SnapshotPart> {
  for (const [name, content] of all)
    yield {
      name,
      content: (async function* () {
        for (let at = 0; at < content.length; at += 70_000) yield content.subarray(at, at + 70_000);
      })(),
    };
}

const write = (parts = contents, first: unknown = head): Promise<void> =>
  writeFile(file, archiveOf(first, partsOf(parts)));

const whole = (): Promise<void> => assertWhole(file, () => {});

test("what is written is read: the head, and each part with its content", async () => {
  await write();
  assert.deepEqual(await headOf(file), head);
  let most = 0;
  await assertWhole(file, (count) => {
    most = count;
  });
  assert.ok(most > large.length && most < large.length + 1_000_000, `${most} bytes were read`);
  const read: [string, Buffer][] = [];
  for await (const { name, content } of partsIn(file)) read.push([name, await buffer(content)]);
  assert.deepEqual(
    read.map(([name]) => name),
    contents.map(([name]) => name),
  );
  for (const [index, [name, content]] of read.entries())
    assert.ok(content.equals(contents[index]?.[1] ?? Buffer.alloc(0)), name);
});

test("a part that is not read, or not to its end, is left out", async () => {
  await write();
  const names: string[] = [];
  for await (const { name, content } of partsIn(file)) {
    names.push(name);
    if (name === "images") for await (const _ of content) break;
    if (name === "volumes/cp") assert.equal((await buffer(content)).length, 20_000_000);
  }
  assert.deepEqual(names, ["exercises.json", "empty", "images", "volumes/cp"]);
});

test("the file can be read with tar, and what it says first is readable", async () => {
  await write();
  assert.match(
    readFileSync(file).subarray(0, 1024).toString(),
    /^snapshot\.json.*"labwright snapshot file"/s,
  );
});

const damagedBy = async (change: (bytes: Buffer) => Buffer, message: RegExp): Promise<void> => {
  await write();
  writeFileSync(file, change(readFileSync(file)));
  await assert.rejects(whole(), { code: "snapshot-file-damaged", exit: 1, message });
};

test("a flipped byte is found, wherever it is", async () => {
  await write();
  const size = readFileSync(file).length;
  const flipped = (at: number) => (bytes: Buffer) => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  };
  await damagedBy(flipped(520), /the content of snapshot\.json is another one$/);
  await damagedBy(flipped(5_000_000), /the content of images is another one$/);
  await damagedBy(flipped(1024 + 5), /damaged/);
  // In the sums.
  await damagedBy(flipped(size - 1024 - 512 + 20), /damaged/);
});

test("a file that was cut off is found, wherever that was", async () => {
  await write();
  const size = readFileSync(file).length;
  for (const end of [1500, 5_000_000, size - 2000, size - 1024 - 512])
    await damagedBy((bytes) => bytes.subarray(0, end), /cannot be read to its end|its end is missing/);
});

test("parts that were added, removed or exchanged are found", async () => {
  const end = (bytes: Buffer): number => bytes.lastIndexOf("end.json");
  await damagedBy(
    (bytes) =>
      Buffer.concat([bytes.subarray(0, -1024), bytes.subarray(512 * 2, 512 * 4), Buffer.alloc(1024)]),
    /something follows its end/,
  );
  await damagedBy(
    (bytes) => Buffer.concat([bytes.subarray(0, 1024), bytes.subarray(2048)]),
    /is another one/,
  );
  await damagedBy((bytes) => {
    const at = end(bytes);
    return Buffer.concat([bytes.subarray(0, 1024), bytes.subarray(at)]);
  }, /a part is missing/);
});

test("other files are refused as that", async () => {
  const refused = async (content: string | Buffer): Promise<void> => {
    writeFileSync(file, content);
    await assert.rejects(headOf(file), { code: "not-a-snapshot", exit: 2 });
  };
  await refused("");
  await refused("name: lab\n");
  await refused(randomBytes(2000));
  await assert.rejects(headOf(join(folder, "missing")), { message: /^there is no file/, exit: 2 });
  await write();
  writeFileSync(file, readFileSync(file).subarray(1024));
  await assert.rejects(headOf(file), { code: "not-a-snapshot", exit: 2 });
});

test("an export that fails in the middle of a part fails with that reason", async () => {
  const parts = (async function* (): AsyncGenerator<SnapshotPart> {
    yield {
      name: "images",
      content: (async function* () {
        yield large;
        throw new Error("the engine is gone");
      })(),
    };
  })();
  await assert.rejects(writeFile(file, archiveOf(head, parts)), /the engine is gone/);
});
