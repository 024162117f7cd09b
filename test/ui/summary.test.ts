import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "../../src/ui/summary.ts";
import { oneLine, span } from "../../src/ui/text.ts";

test("columns are aligned by what is seen, and no line ends in spaces", () => {
  assert.equal(
    table([
      ["NAME", "ROLE", "STATE"],
      ["cp", "\u001b[32mcontrol-plane\u001b[39m", "ok"],
      ["w1", "worker"],
      ["ü", "", "x"],
    ]),
    `NAME  ROLE           STATE
cp    \u001b[32mcontrol-plane\u001b[39m  ok
w1    worker
ü                    x`,
  );
  assert.equal(table([]), "");
});

test("a span is told as a person would", () => {
  const spans = [0, 49, 1240, 59_940, 99_940, 99_960, 125_400, 3_599_600, 3_600_000, 5_430_000, -5];
  assert.deepEqual(spans.map(span), [
    "0.0s",
    "0.0s",
    "1.2s",
    "59.9s",
    "99.9s",
    "1m 40s",
    "2m 05s",
    "1h 00m",
    "1h 00m",
    "1h 31m",
    "0.0s",
  ]);
});

test("a text on one line has single spaces", () => {
  assert.equal(oneLine(" a \n b\tc "), "a b c");
});
