import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setName } from "../../src/lab/machine-set.ts";
import { labFolder } from "../../src/paths.ts";
import { givenLogins, noteLogins } from "../../src/providers/machine/given.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

const [first, other] = ["0", "1"].map((digit) => ({ logins: digit.repeat(32), key: "k" }));

test("each set's machines have what they were given, also where nothing else of the set is recorded", async () => {
  assert.ok(first && other);
  const set = setName({ name: "basics", set: "2" });
  assert.deepEqual(await givenLogins(set), {});
  await noteLogins(set, { cp: first });
  await noteLogins(set, { w1: other });
  assert.deepEqual(await givenLogins(set), { cp: first, w1: other });
  assert.deepEqual(await givenLogins("basics"), {});
});

test("a file that cannot be read counts as none: logins are set again", async () => {
  await noteLogins("broken", {});
  writeFileSync(join(labFolder("broken"), "logins.json"), "{");
  assert.deepEqual(await givenLogins("broken"), {});
});
