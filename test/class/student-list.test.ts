import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readClass } from "../../src/class/class-file.ts";
import { parseStudentList } from "../../src/class/student-list.ts";
import { FileProblems } from "../../src/lab/problem.ts";

const parsed = (text: string, className = "autumn") => parseStudentList(text, "students.csv", className);

function studentsIn(text: string): [string, string | undefined][] {
  const result = parsed(text);
  assert.ok("students" in result, JSON.stringify(result));
  return result.students.map(({ name, display }) => [name, display]);
}

const both = [
  ["alice", "Example, Alice"],
  ["bob", undefined],
];

for (const [what, text] of Object.entries({
  "a comma, quotes": 'name,display\nalice,"Example, Alice"\nbob,\n',
  "columns in another order, and others": 'group,display,Name\na,"Example, Alice",alice\nb,,bob\n',
  "no column called name": 'student,DISPLAY\nalice,"Example, Alice"\nbob\n',
  "semicolons, a byte order mark, CRLF": "\uFEFFname;display\r\nalice;Example, Alice\r\nbob;\r\n",
  "tabs, and no line break at the end": "name\tdisplay\nalice\tExample, Alice\nbob",
  "empty lines and spaces": 'name , display\n\n alice ,  "Example, Alice"\n   \nbob,\n\n',
}))
  test(`a list of students: ${what}`, () => assert.deepEqual(studentsIn(text), both));

test("quotes are those of RFC 4180", () => {
  assert.deepEqual(studentsIn('name,display\nada,"Ada ""Countess"" Lovelace"\n'), [
    ["ada", 'Ada "Countess" Lovelace'],
  ]);
});

test("each student's line has its place in the text", () => {
  const text = '\uFEFFname,display\r\nalice,"Ünal\u{1F600}, A."\r\n\r\n  bob\r\n';
  const result = parsed(text);
  assert.ok("students" in result);
  const source = text.slice(1);
  assert.deepEqual(
    result.students.map(({ from, to }) => source.slice(from, to)),
    ['alice,"Ünal\u{1F600}, A."', "bob"],
  );
});

for (const [text, ...expected] of [
  ["", "1:1 the list of students is empty => name,display"],
  [" \n\n", "1:1 the list of students is empty => name,display"],
  ["name\n", "2:1 the list has a header and no student => write a student"],
  [
    "alice,Alice Example\nbob,\n",
    "1:1 the first line has no column `name`: alice, Alice Example => write a header",
  ],
  ["display\nAlice\n", "1:1 the first line has no column `name`: display => write a header"],
  [
    "name\nAda Lovelace\n",
    '2:1 the student "Ada Lovelace" cannot be a part of host names => write ada-lovelace',
  ],
  ["display,name\nÜ,Ünal\n", '2:3 the student "Ünal" cannot be a part of host names => write unal'],
  ["name\nb/b\n", '2:1 the student "b/b" cannot be a part of host names => use lower-case letters'],
  [
    "name,display\nbob,B\nalice,\nbob,C\n",
    "4:1 the student bob is here a second time, after line 2 => delete one",
  ],
  ["name,display\n,Alice\n", "2:1 this line has no student => write the student's name"],
  [
    "name,display\nalice,Example, Alice\n",
    "2:16 this line has more columns than the 2 => put a text with a comma in quotes",
  ],
  ['name,display\nalice,"Alice\n', '2:7 the quote that begins here does not end => write `"`'],
  ['name,display\nada,Ada "C" L\n', "2:5 a quote is in the middle of a text => put the whole text in quotes"],
  ['name,display\nada,"Ada" L\n', "2:5 a quote is in the middle of a text => put the whole text in quotes"],
  [
    'name,display\nada,"Ada\nL"\n',
    '2:5 the name to display "Ada\\nL" has a line break => write it on one line',
  ],
  [`name,display\nada,${"x".repeat(101)}\n`, "2:5 the name to display has 101 characters => use at most 100"],
  [`name\n${"x".repeat(40)}\n`, "2:1 the lab autumn-x => use at most 33 for the student"],
  [`name\n${"Bob\n".repeat(2)}`, '2:1 the student "Bob" => write bob', '3:1 the student "Bob" => write bob'],
  [
    `name\n${Array.from({ length: 501 }, (_, index) => `s${index}\n`).join("")}`,
    "502:1 there are more than 500 students => make several classes",
  ],
] as const)
  test(`a bad list of students: ${JSON.stringify(text).slice(0, 60)}`, () => {
    const result = parsed(text);
    assert.ok("problems" in result, JSON.stringify(result));
    assert.deepEqual(result.problems.length, expected.length, JSON.stringify(result.problems));
    for (const [index, { line, column, message, remedy, file }] of result.problems.entries()) {
      const [said = "", todo = ""] = (expected[index] ?? "").split(" => ");
      assert.equal(file, "students.csv");
      assert.ok(`${line}:${column} ${message}`.startsWith(said), `${line}:${column} ${message}`);
      assert.ok(remedy.includes(todo), remedy);
    }
  });

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-list-"));
  await writeFile(join(folder, "class.yaml"), "name: autumn\nstudents: students.csv\n");
});
after(() => rm(folder, { recursive: true }));

const read = () => readClass(join(folder, "class.yaml"));
const list = () => join(folder, "students.csv");

test("a class file names its list of students", async () => {
  await writeFile(list(), "name,display\nalice,Alice Example\nbob,\n");
  const { students, displayNames, listFile } = await read();
  assert.deepEqual(students, ["alice", "bob"]);
  assert.deepEqual(displayNames, new Map([["alice", "Alice Example"]]));
  assert.equal(listFile, list());
});

test("problems of a list have its path, line and column", async () => {
  await writeFile(list(), "name\nalice\nBob\n");
  await assert.rejects(read(), (error) => {
    assert.ok(error instanceof FileProblems);
    assert.equal(error.exit, 2);
    assert.match(error.message, /students\.csv:3:1: the student "Bob"/);
    return true;
  });
});

test("a list that cannot be read is a problem of the class file", async () => {
  await writeFile(list(), Buffer.from("name,display\nalice,Z\xfcrich\n", "latin1"));
  await assert.rejects(read(), { message: /class\.yaml:2:11: .*students\.csv is not text in UTF-8/ });
  await rm(list());
  await assert.rejects(read(), {
    message:
      /class\.yaml:2:11: the list of students .*students\.csv does not exist\n.*correct its name in the class file/,
  });
});
