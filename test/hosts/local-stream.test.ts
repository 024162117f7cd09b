import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { localStream } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { isRunning } from "../../src/local/process-name.ts";

async function* bytes(count: number): AsyncGenerator<Uint8Array> {
  for (let made = 0; made < count; made += 1_000_000) yield Buffer.alloc(1_000_000, "x");
}

async function sizeOf(content: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const one of content) size += one.length;
  return size;
}

test("bytes of any number go in and come out", async () => {
  assert.equal(await sizeOf(localStream(sh`cat`, { input: bytes(20_000_000) })), 20_000_000);
  assert.equal(await text(localStream(sh`printf %s ${"two words"}`)), "two words");
});

test("a command that fails is an error with its words, also if it leaves its input", async () => {
  const failed = { code: "command-failed", output: "no space" };
  await assert.rejects(sizeOf(localStream(sh`echo some; echo 'no space' >&2; exit 3`)), failed);
  const input = bytes(50_000_000);
  await assert.rejects(sizeOf(localStream(sh`echo 'no space' >&2; exit 3`, { input })), failed);
});

test("an input that fails ends the command, and is the error", async () => {
  const input = (async function* () {
    yield Buffer.from("a");
    throw new Error("the file is damaged");
  })();
  await assert.rejects(sizeOf(localStream(sh`cat; sleep 60`, { input })), /the file is damaged/);
});

test("an interruption ends the command and its children, and so does a reader that stops", async () => {
  const control = new AbortController();
  const running = sizeOf(localStream(sh`sleep 60; true`, { signal: control.signal }));
  await setTimeout(100);
  control.abort();
  await assert.rejects(running, { code: "interrupted" });
  let process = "";
  for await (const one of localStream(sh`echo $$; while :; do echo more; done`)) {
    process = Buffer.from(one).toString().split("\n")[0] ?? "";
    break;
  }
  assert.equal(isRunning({ pid: Number(process), started: "" }), false);
});
