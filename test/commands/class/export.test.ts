import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { classExport } from "../../../src/commands/class/export.ts";
import { noteHistory } from "../../../src/exercises/history.ts";
import { ensureLabId } from "../../../src/lab/identity.ts";
import { useOwnDataFolder } from "../../support/data-folder.ts";

useOwnDataFolder();
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-class-export-"));
  await writeFile(
    join(folder, "class.yaml"),
    "name: autumn\nstudents:\n  - { name: alice, display: Alice Example }\n  - bob\nexercises: [jobs]\n",
  );
  await writeFile(
    join(folder, "lab.yaml"),
    "name: one\nprovider: ssh\nplaybooks: []\nmachines: [{ name: a, role: app-server, host: 192.0.2.1 }]\n",
  );
});
after(() => rm(folder, { recursive: true }));

const exported = async (name: string, options: Parameters<typeof classExport>[1] = {}) => {
  await classExport(join(folder, name), { file: join(folder, "class.yaml"), format: "xapi", ...options });
  return readFile(join(folder, name), "utf8");
};

test("the xAPI statements of a class are exported, the same again, and without real names", async () => {
  for (const student of ["alice", "bob"]) {
    await ensureLabId(`autumn-${student}`);
    await noteHistory(`autumn-${student}`, "jobs", { what: "started", at: "2026-11-30T10:00:00.000Z" });
  }
  const text = await exported("statements.json");
  const statements = JSON.parse(text);
  assert.deepEqual(
    statements.map(({ actor }: { actor: { account: { name: string } } }) => actor.account.name),
    ["alice", "bob"],
  );
  assert.notEqual(statements[0].object.definition.name.und, "jobs", "its title");
  assert.doesNotMatch(text, /Example/);
  assert.equal(await exported("statements.json"), text);
  const some = JSON.parse(
    await exported("bob.json", { student: ["bob"], homePage: "https://school.example" }),
  );
  assert.deepEqual(
    some.map(({ actor }: { actor: unknown }) => actor),
    [{ objectType: "Agent", account: { homePage: "https://school.example", name: "bob" } }],
  );
});

test("options that exclude each other are refused before anything is written", async () => {
  const excluded = { code: "options-exclude", exit: 2 };
  await assert.rejects(exported("none.json", { json: true }), excluded);
  await assert.rejects(classExport(undefined, { format: "xapi", json: true }), excluded);
  await assert.rejects(
    exported("none.json", { format: "json", homePage: "https://school.example" }),
    excluded,
  );
  await assert.rejects(exported("none.json", { homePage: "school" }), { code: "home-page", exit: 2 });
  await assert.rejects(readFile(join(folder, "none.json")), { code: "ENOENT" });
});
