import assert from "node:assert/strict";
import { test } from "node:test";
import { Frame } from "../../src/hosts/framing.ts";
import { newMarks } from "../../src/hosts/program.ts";

const marks = { start: "START\n", end: "STOP " };

/** What comes out when `text` arrives in pieces of `size` bytes. */
function cut(
  text: string,
  size: number,
  frame = new Frame(marks),
): { own: string; code: number | undefined } {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(frame.push(bytes.subarray(at, at + size)));
  return { own: Buffer.concat(parts).toString(), code: frame.code };
}

const cases: [title: string, text: string, own: string, code: number | undefined][] = [
  ["nothing around it", "START\nhello\nSTOP 0\n", "hello\n", 0],
  ["no newline at its end", "START\nhelloSTOP 7\n", "hello", 7],
  ["nothing at all", "START\nSTOP 0\n", "", 0],
  ["a greeting before", "Welcome! START here\nSTART\nxSTOP 137\n", "x", 137],
  ["a daemon's words after", "START\nxSTOP 0\nlate words STOP 9\n", "x", 0],
  ["what looks like a mark", "START\nSTO STOP\nSSTOPSTOP 3\n", "STO STOP\nSSTOP", 3],
  ["the start mark twice", "START\nSTART\nSTOP 0\n", "START\n", 0],
  ["characters of several bytes", "START\né漢🙂STOP 0\n", "é漢🙂", 0],
  ["an end that does not come", "START\nhello STO", "hello ", undefined],
  ["a code that does not come", "START\nhelloSTOP 1", "hello", undefined],
];

for (const [title, text, own, code] of cases)
  test(`a program's output: ${title}`, () => {
    for (let size = 1; size <= Buffer.byteLength(text); size++)
      assert.deepEqual(cut(text, size), { own, code });
  });

test("what never started is noise, of which the end is kept", () => {
  const frame = new Frame(marks);
  cut(`${"x".repeat(100_000)}sudo: no`, 999, frame);
  assert.equal(frame.started, false);
  assert.ok(frame.noise.endsWith("sudo: no"));
  assert.ok(frame.noise.length < 20_000);
});

test("an exit code that never ends is not gathered", () => {
  const frame = new Frame(marks);
  cut(`START\nhelloSTOP ${"1".repeat(100_000)}`, 999, frame);
  assert.ok(Number.isNaN(frame.code));
});

test("a line is given at once, not only when the next bytes come", () => {
  const frame = new Frame(marks);
  assert.equal(frame.push(Buffer.from("START\nwaiting\n")).toString(), "waiting\n");
});

test("marks are never the same twice", () => {
  assert.notEqual(newMarks().end, newMarks().end);
});
