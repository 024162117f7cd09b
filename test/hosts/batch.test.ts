import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { batchScript, parseBatch, runAll } from "../../src/hosts/batch.ts";
import { Secret, sh } from "../../src/hosts/sh.ts";
import type { Host } from "../../src/hosts/types.ts";

const nonce = "0123abcd";
const output = (code: number, stdout: string) => ({ code, stdout, stderr: "" });

test("outputs are told apart whatever stands in them", () => {
  const look = `${nonce}\n${nonce} 1\n${nonce} 1`;
  assert.deepEqual(parseBatch(`a\n${nonce} 0 0\n${nonce} 1 3\nno newline${nonce} 2 127\n`, nonce), [
    output(0, "a\n"),
    output(3, ""),
    output(127, "no newline"),
  ]);
  assert.deepEqual(parseBatch(`${look}${nonce} 0 0\n`, nonce), [output(0, look)]);
});

test("what was cut off does not count", () => {
  assert.deepEqual(parseBatch("", nonce), []);
  assert.deepEqual(parseBatch(`a${nonce} 0 0\nb${nonce} 1 `, nonce), [output(0, "a")]);
});

test("a real shell keeps the commands apart", () => {
  const commands = [
    sh`printf 'a\0b\377'`,
    sh`exit 4`,
    sh`cat`,
    sh`if`,
    sh`echo ${"it's"}`,
    sh`cd /; set -eu; false`,
    sh`pwd # ${"x".repeat(20_000)}`,
  ];
  const { stdout } = spawnSync("sh", ["-s"], { input: batchScript(commands, nonce).reveal(), cwd: "/usr" });
  assert.deepEqual(parseBatch(stdout.toString(), nonce), [
    output(0, "a\0b\ufffd"),
    output(4, ""),
    output(0, ""),
    output(2, ""),
    output(0, "it's\n"),
    output(1, ""),
    output(0, "/usr\n"),
  ]);
});

test("a batch shows how many, and no secret", () => {
  const script = batchScript([sh`login ${new Secret("hush")}`], nonce);
  assert.equal(script.shown, "1 probe");
  assert.equal(script.mask("hush"), "***");
});

test("a shell that ended on the way is an error with the command's name; no command means no round trip", async () => {
  const host: Host = {
    name: "w1",
    roundTrips: 0,
    run: async () => output(0, ""),
    write: async () => {},
    close: async () => {},
  };
  await assert.rejects(runAll(host, { a: sh`uptime` }), {
    code: "batch-incomplete",
    message: /^w1: .*uptime/,
  });
  assert.deepEqual(await runAll({ ...host, run: () => assert.fail("asked") }, {}), {});
});

test("what is asked in the same words is asked once, and answers all who asked", async () => {
  const host: Pick<Host, "run"> = {
    run: async (script) => {
      const { stdout } = spawnSync("sh", ["-s"], { input: script.reveal(), encoding: "utf8" });
      return output(0, stdout);
    },
  };
  const who = sh`sh -c 'echo $$'`;
  const { a, b, c } = await runAll(host as Host, { a: who, b: who, c: sh`sh -c 'echo $$' # again` });
  assert.ok(a?.stdout === b?.stdout && a?.stdout !== c?.stdout, JSON.stringify([a, b, c]));
});
