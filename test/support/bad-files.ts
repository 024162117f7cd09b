import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Problem } from "../../src/lab/problem.ts";

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

/** A test for each file of a folder: reading it finds the problems that it names at its end, and no others. */
export function testBadFiles(
  what: string,
  folder: string,
  read: (text: string, name: string) => Promise<readonly Problem[]>,
): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  for (const name of names)
    test(`bad ${what}: ${name}`, async () => {
      const text = readFileSync(join(folder, name), "utf8");
      const expected = expectations(text);
      assert.notEqual(expected.length, 0, "the file says what to expect");
      const found = await read(text, name);
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
  return names;
}
