import assert from "node:assert/strict";
import { test } from "node:test";
import { markdown } from "../../src/ui/markdown.ts";

test("Markdown is shown as a terminal can, and wrapped at words", () => {
  const text =
    "# A *title*\n\nOne two three four\nfive `six`.\n\n1. first\n2. **second**\n\n- a & b\n\n```sh\nls -l | wc\n```\n";
  assert.equal(
    markdown(text, { width: 12 }),
    "A title\n\nOne two\nthree four\nfive six.\n\n1. first\n2. second\n\n- a & b\n\n    ls -l | wc\n",
  );
});

test("what a terminal would take for a command is shown as what it is", () => {
  assert.equal(markdown("a\u001b[2Jb\u0007\n"), "a\\x1b[2Jb\\x07\n");
});
