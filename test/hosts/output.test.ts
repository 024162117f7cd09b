import assert from "node:assert/strict";
import { test } from "node:test";
import { Collector, lastLines, shortened } from "../../src/hosts/output.ts";

test("lines and text are whole wherever chunks end", () => {
  const text = "é\n漢🙂\n\nlast";
  const bytes = Buffer.from(text);
  for (let size = 1; size <= bytes.length; size++) {
    const lines: string[] = [];
    const collector = new Collector((line) => lines.push(line));
    for (let at = 0; at < bytes.length; at += size) collector.push(bytes.subarray(at, at + size));
    collector.finish();
    assert.deepEqual(lines, ["é", "漢🙂", "", "last"]);
    assert.equal(collector.text(), text);
  }
});

test("an error shows the last lines, what the command complained of first", () => {
  assert.equal(lastLines("bad\n", "out 1\n\nout 2\n"), "bad\nout 1\nout 2");
  const many = (word: string) => Array.from({ length: 100 }, (_, i) => `${word} ${i}`).join("\n");
  assert.deepEqual(lastLines(many("e"), many("o"), 3), "e 97\ne 98\ne 99");
  assert.deepEqual(lastLines("e", many("o"), 3), "e\no 98\no 99");
});

test("a command is shown by its first line, shortened", () => {
  assert.equal(shortened("true"), "true");
  assert.equal(shortened("\nset -e\nfalse"), "set -e…");
  assert.equal(shortened("x".repeat(300)).length, 200);
});
