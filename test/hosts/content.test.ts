import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, test } from "node:test";
import { contentOf } from "../../src/hosts/content.ts";

let folder: string;
let localFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lwtest-content-"));
  localFile = join(folder, "file");
});
afterEach(() => rmSync(folder, { recursive: true }));

const look = (content: string | Uint8Array | { localFile: string }) =>
  contentOf("w1", { path: "/etc/x", content });

test("text, bytes and small files are in memory; large files come in pieces", async () => {
  assert.equal((await look("é")).size, 2);
  assert.deepEqual((await look(new Uint8Array([0, 255]))).bytes, Buffer.from([0, 255]));
  writeFileSync(localFile, "small");
  assert.equal((await look({ localFile })).bytes?.toString(), "small");
  const large = Buffer.alloc(1_000_000, "0123456789-");
  writeFileSync(localFile, large);
  const content = await look({ localFile });
  assert.equal(content.bytes, undefined);
  assert.equal(content.size, 1_000_000);
  assert.ok((await buffer(content.pieces())).equals(large));
});

test("a file of the kernel, which has more bytes than it says, is whole", async () => {
  const content = await look({ localFile: "/proc/version" });
  assert.equal(content.bytes?.toString(), readFileSync("/proc/version", "utf8"));
});

test("a file that grows or shrinks never gives as many bytes as it said", async () => {
  for (const change of [() => appendFileSync(localFile, "x"), () => truncateSync(localFile, 999_999)]) {
    writeFileSync(localFile, Buffer.alloc(1_000_000));
    const { size, pieces } = await look({ localFile });
    change();
    let given = 0;
    const taking = (async () => {
      for await (const piece of pieces()) given += piece.length;
    })();
    await assert.rejects(taking, /changed while it was being sent/);
    assert.ok(given < size);
  }
});

test("a file that is not there is an error that names all three", async () => {
  await assert.rejects(look({ localFile: join(folder, "none") }), {
    code: "file-unreadable",
    message: /^w1: could not read .*none, to be written to \/etc\/x: /,
  });
});
