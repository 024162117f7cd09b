import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readClass } from "../../src/class/class-file.ts";
import { withoutStudent, withStudent } from "../../src/class/edit-students.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-edit-"));
});
after(() => rm(folder, { recursive: true }));

const listFile = () => join(folder, "students.csv");

/** A class with these lines about students, or with this list of them. */
async function classOf(students: string, list?: string) {
  await writeFile(join(folder, "class.yaml"), `# ours\nname: autumn\n${students}# end\n`);
  if (list !== undefined) await writeFile(listFile(), list);
  return readClass(join(folder, "class.yaml"));
}
const listed = (list: string) => classOf("students: students.csv\n", list);

test("a student is added to the names in a class file, and removed", async () => {
  const one = await classOf("students: [alice, bob] # two\n");
  const { file, text } = await withStudent(one, { name: "carol", display: "Carol: #3" });
  assert.equal(file, one.file);
  assert.equal(
    text,
    '# ours\nname: autumn\nstudents: [alice, bob, { name: carol, display: "Carol: #3" }] # two\n# end\n',
  );
  assert.equal(
    (await withoutStudent(one, "alice")).text,
    "# ours\nname: autumn\nstudents: [bob] # two\n# end\n",
  );
  // Nothing is written.
  assert.match(await readFile(one.file, "utf8"), /\[alice, bob\]/);
});

const rows = [
  ["name,display\nalice,A\n", "name,display\nalice,A\ncarol,Carol\n"],
  ["\uFEFFname;display\r\nalice;A\r\n\r\n", "\uFEFFname;display\r\nalice;A\r\ncarol;Carol\r\n\r\n"],
  ["display,group,name\nA,1,alice", "display,group,name\nA,1,alice\nCarol,,carol"],
] as const;
for (const [before, after] of rows)
  test(`a student is added to a list: ${JSON.stringify(before)}`, async () => {
    const { file, text } = await withStudent(await listed(before), { name: "carol", display: "Carol" });
    assert.equal(file, listFile());
    assert.equal(text, after);
  });

test("a name with a comma or quotes is quoted in a list", async () => {
  const one = await listed("name,display\nalice,\n");
  const { text } = await withStudent(one, { name: "carol", display: 'Example, "C"' });
  assert.equal(text, 'name,display\nalice,\ncarol,"Example, ""C"""\n');
});

test("a student is removed from a list with the whole line", async () => {
  const text = '\uFEFFname,display\r\n"alice","A"\r\nbob,"Ünal, B"\r\n\r\n  carol,C\r\n';
  const one = await listed(text);
  const after = async (name: string) => (await withoutStudent(one, name)).text;
  assert.equal(await after("alice"), text.replace('"alice","A"\r\n', ""));
  assert.equal(await after("bob"), text.replace('bob,"Ünal, B"\r\n', ""));
  assert.equal(await after("carol"), text.replace("  carol,C\r\n", ""));
});

test("a list with lines as the first Macs had them is not changed", async () => {
  const one = await listed("name\ralice\rbob\r");
  await assert.rejects(withoutStudent(one, "alice"), { code: "class-file-edit", exit: 2 });
});

test("counted students are explained, and not changed", async () => {
  const one = await classOf("students: 3\n");
  await assert.rejects(withStudent(one, { name: "carol" }), {
    code: "students-counted",
    message: /are counted, and not named: `students: 3` in .*class\.yaml:3/,
    remedy: "In that line, write `students: 4`.",
    exit: 2,
  });
  await assert.rejects(withoutStudent(one, "s01"), {
    remedy: /write `students: 2`, which removes the last one, s03; to remove another, write the names/,
  });
});

test("what cannot be a student is refused", async () => {
  const one = await classOf("students: [alice]\n");
  const refused = (name: string, display?: string) => withStudent(one, { name, display });
  await assert.rejects(refused("Carol"), { code: "student-name", remedy: /^Write carol/, exit: 2 });
  await assert.rejects(refused("c".repeat(34)), { code: "student-name", remedy: /at most 33/ });
  await assert.rejects(refused("carol", "a\nb"), { code: "student-name", message: /line break/ });
  await assert.rejects(refused("alice"), { code: "student-known" });
  await assert.rejects(withoutStudent(one, "alice"), { code: "student-only" });
  await assert.rejects(withStudent(await listed("name\nalice\n"), { name: "carol", display: "C" }), {
    code: "no-display-column",
  });
});

test("students that are not written in one place are not changed", async () => {
  const one = await classOf("students: &all [alice, bob]\nexercises: *all\n".replace(/exercises.*\n/, ""));
  assert.match((await withStudent(one, { name: "carol" })).text, /&all \[alice, bob, carol\]/);
  const shared = await classOf("students: [&a alice, bob]\nlab: *a\n");
  await assert.rejects(withoutStudent(shared, "alice"), {
    code: "class-file-edit",
    message: /class\.yaml:3: they are not written in one place there/,
  });
});
