import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { classFolder } from "../../src/class/labs.ts";
import { isValid, keepTokens, linkOf, readTokens } from "../../src/class/tokens.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

process.env.XDG_DATA_HOME = await temporaryFolder("tokens");

const now = new Date("2026-12-01T08:00:00Z");
const later = new Date("2027-06-01T08:00:00Z");

test("tokens stay while they are valid, and only their owner can read them", async () => {
  const first = await keepTokens({ name: "a", students: ["x", "y"] }, now);
  const again = await keepTokens({ name: "a", students: ["y", "z"] }, now);
  assert.equal(again.instructor.token, first.instructor.token);
  assert.equal(again.students.y?.token, first.students.y?.token);
  assert.deepEqual(Object.keys(again.students), ["y", "z"]);
  assert.deepEqual(await readTokens("a"), again);
  assert.equal((await stat(join(classFolder("a"), "tokens.json"))).mode & 0o777, 0o600);
});

test("an expired token is not valid, and is replaced", async () => {
  const first = await keepTokens({ name: "b", students: ["x"] }, now);
  assert.ok(isValid(first.instructor, now));
  assert.ok(!isValid(first.instructor, later));
  const again = await keepTokens({ name: "b", students: ["x"] }, later);
  assert.notEqual(again.students.x?.token, first.students.x?.token);
});

test("a link has the token in its fragment", () => {
  assert.equal(linkOf("http://127.0.0.1:8080/", { token: "abc", until: "" }), "http://127.0.0.1:8080/#abc");
});
