import assert from "node:assert/strict";
import { test } from "node:test";
import { Tail } from "../../src/board/tail.ts";

const tailOf = (most: number, ...parts: string[]): string => {
  const tail = new Tail(most);
  for (const part of parts) tail.add(Buffer.from(part));
  return tail.bytes.toString();
};

test("a tail has all, until there is more than it keeps; then it begins with a line", () => {
  assert.equal(tailOf(8), "");
  assert.equal(tailOf(8, "ab", "", "cd\n"), "abcd\n");
  assert.equal(tailOf(8, "abcdefgh"), "abcdefgh");
  assert.equal(tailOf(8, "ab\n", "cdefgh"), "cdefgh");
  assert.equal(tailOf(8, "0123456789", "a\nbcdef"), "bcdef");
  assert.equal(tailOf(8, "x".repeat(100), "\n12345\n"), "12345\n");
});

test("a program that writes no lines loses what is old, and nothing more", () => {
  assert.equal(tailOf(8, "0123456789abc"), "56789abc");
  assert.equal(tailOf(8, "012345", "6789a", "bc\n"), "6789abc\n".slice(-8));
});

test("however it comes in parts, it is the end of all", () => {
  const all = Array.from({ length: 300 }, (_, index) => String.fromCharCode(97 + (index % 26))).join("");
  for (let size = 1; size < 40; size++)
    assert.equal(tailOf(16, ...(all.match(new RegExp(`.{1,${size}}`, "g")) ?? [])), all.slice(-16));
});
