import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { adoptLabId, assertOurs, ensureLabId, labId, labIdFile, labOwner } from "../../src/lab/identity.ts";
import { labFolder } from "../../src/paths.ts";

describe("the id of a lab", () => {
  const known = process.env.XDG_DATA_HOME;
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "labwright-identity-"));
    process.env.XDG_DATA_HOME = folder;
  });
  beforeEach(() => rm(join(folder, "labwright"), { recursive: true, force: true }));
  after(async () => {
    if (known === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = known;
    await rm(folder, { recursive: true, force: true });
  });

  test("reading it writes nothing", async () => {
    assert.equal(await labId("basics"), undefined);
    assert.deepEqual(await readdir(folder), []);
  });

  test("it is made once, of 16 hexadecimal digits, in a file for its owner alone", async () => {
    const id = await ensureLabId("basics");
    assert.match(id, /^[0-9a-f]{16}$/);
    assert.equal(await ensureLabId("basics"), id);
    assert.equal(await labId("basics"), id);
    assert.equal((await stat(labIdFile("basics"))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(labFolder("basics")), ["id"]);
    assert.notEqual(await ensureLabId("other"), id);
  });

  test("adopting replaces it", async () => {
    await ensureLabId("basics");
    await adoptLabId("basics", "00112233aabbccdd");
    assert.equal(await labId("basics"), "00112233aabbccdd");
    assert.deepEqual(await readdir(labFolder("basics")), ["id"]);
  });

  test("a file that holds something else is an error, and stays", async () => {
    await ensureLabId("basics");
    await writeFile(labIdFile("basics"), "nonsense\n");
    await assert.rejects(ensureLabId("basics"), { code: "lab-id-broken" });
    assert.equal(await readFile(labIdFile("basics"), "utf8"), "nonsense\n");
  });
});

describe("things under a lab's name", () => {
  const mine = "0123456789abcdef";
  const claim = { what: "container labwright-basics.cp", id: mine, owner: "steve@laptop:/home/steve/lab" };

  test("with the lab's id are the lab's", () => {
    assertOurs("basics", mine, [claim]);
    assertOurs("basics", undefined, []);
  });

  for (const [title, id, one] of [
    ["another id", "fedcba9876543210", claim],
    ["an id where the folder has none", undefined, claim],
    ["no id", mine, { what: claim.what }],
    ["no id where the folder has none", undefined, { what: claim.what }],
  ] as const)
    test(`with ${title} are another's, whose owner is named`, () => {
      assert.throws(
        () => assertOurs("basics", id, [one]),
        (error) =>
          error instanceof LabwrightError &&
          error.code === "lab-of-another" &&
          error.exit === 1 &&
          error.message.includes(claim.what) &&
          (!("owner" in one) || error.message.includes(claim.owner)) &&
          error.remedy.includes("labwright adopt"),
      );
    });

  test("the owner is a user on a computer with a folder", () => {
    assert.match(labOwner("basics"), /^.+@.+:\/.*labs\/basics$/);
  });
});
