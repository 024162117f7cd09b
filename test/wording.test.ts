import assert from "node:assert/strict";
import { test } from "node:test";
import { agree, count, listed, sentence } from "../src/wording.ts";

test("one has a singular and its verb, all other numbers a plural and theirs", () => {
  assert.deepEqual(
    [0, 1, 2].map((number) => `${count(number, "check")} ${agree(number, "is", "are")} not ok`),
    ["0 checks are not ok", "1 check is not ok", "2 checks are not ok"],
  );
  assert.equal(count(2, "more host", "more hosts"), "2 more hosts");
});

test("names are listed with `and` before the last, and cut where they are many", () => {
  assert.deepEqual(
    [[], ["a"], ["a", "b"], ["a", "b", "c"]].map((names) => listed(names)),
    ["", "a", "a and b", "a, b and c"],
  );
  assert.equal(listed(["a", "b", "c", "d", "e"], 3), "a, b, c and 2 more");
  assert.equal(listed(["a", "b", "c"], 3), "a, b and c");
});

test("a remedy becomes a sentence, and names of files, programs and lists stay as they are", () => {
  for (const [text, expected] of [
    ["run `labwright up`", "Run `labwright up`."],
    ["did you mean docker? Known are: docker, incus", "Did you mean docker? Known are: docker, incus."],
    ["docs/steps.md lists all steps", "docs/steps.md lists all steps."],
    ["Run the command again.", "Run the command again."],
    ["write 90s; for one part up=…", "Write 90s; for one part up=…"],
    ["", ""],
  ] as const)
    assert.equal(sentence(text), expected);
});
