import assert from "node:assert/strict";
import { test } from "node:test";
import { initText } from "../../src/lab/init.ts";
import { parseLab } from "../../src/lab/load.ts";

const options = { knownPlaybooks: ["cluster", "nginx-nodeport"] };
const bits = [
  "",
  "-",
  ":",
  " ",
  "\n",
  "  ",
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  "#",
  "*",
  "&a ",
  "!x ",
  "|",
  "null",
  "~",
  "1",
  "\t",
  "é",
  "🦊",
  "<<: ",
  "? ",
  "---\n",
];

/** The same sequence in every run, so that a failure can be seen again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("whatever slips into a lab file, each problem has a place in it and a remedy", () => {
  const random = randomNumbers(11);
  const whole = initText("basics").replace(/^ *#.*\n/gm, "");
  let refused = 0;
  for (let i = 0; i < 1500; i++) {
    let text = whole;
    for (let slips = 1 + random(3); slips > 0; slips--) {
      const at = random(text.length);
      text = text.slice(0, at) + bits[random(bits.length)] + text.slice(at + random(4));
    }
    const result = parseLab(text, "lab.yaml", options);
    if ("lab" in result) continue;
    refused += 1;
    assert.notEqual(result.problems.length, 0, text);
    const lines = text.split("\n");
    for (const { line, column, message, remedy } of result.problems) {
      const width = lines[line - 1]?.length ?? -1;
      assert.ok(
        column >= 1 && column <= width + 1,
        `${line}:${column} ${message} in ${JSON.stringify(text)}`,
      );
      assert.ok(
        message !== "" && remedy !== "" && !/undefined|\[object/.test(message + remedy),
        `${message} ${remedy}`,
      );
    }
  }
  assert.ok(refused > 1000, `${refused}`);
});
