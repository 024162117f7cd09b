import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseLab } from "../../src/lab/load.ts";

const folder = join(import.meta.dirname, "bad");
const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

/** Each file says at its end, where no line above is moved by it, what is to be reported: place, message, remedy in part. */
function expectations(text: string): { place: string; message: string; remedy: string }[] {
  return [...text.matchAll(/^# expect (\d+:\d+) (.+) => (.+?)\r?$/gm)].map(
    ([, place = "", message = "", remedy = ""]) => ({
      place,
      message,
      remedy,
    }),
  );
}

test("there are at least fifty bad lab files", () => {
  assert.ok(names.length >= 50, `${names.length}`);
});

for (const name of names) {
  test(`bad lab file: ${name}`, () => {
    const text = readFileSync(join(folder, name), "utf8");
    const expected = expectations(text);
    assert.notEqual(expected.length, 0, "the file says what to expect");
    const result = parseLab(text, name, { knownPlaybooks: ["cluster", "nginx-nodeport"] });
    assert.ok("problems" in result, "is refused");
    const found = result.problems;
    assert.deepEqual(
      found
        .map(({ line, column, message }) => `${line}:${column} ${message}`)
        .map((text, index) => {
          const { place = "", message = "" } = expected[index] ?? {};
          return text.startsWith(`${place} `) && text.includes(message) ? `${place} ${message}` : text;
        }),
      expected.map(({ place, message }) => `${place} ${message}`),
    );
    for (const [index, { remedy }] of expected.entries()) {
      assert.ok(found[index]?.remedy.includes(remedy), `${found[index]?.remedy} has ${remedy} in it`);
      assert.equal(found[index]?.file, name);
    }
  });
}
