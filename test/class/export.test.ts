import assert from "node:assert/strict";
import { lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "csv-parse/sync";
import { csvText } from "../../src/class/csv.ts";
import { exportOf, exportText, isExport } from "../../src/class/export.ts";
import type { Grade } from "../../src/class/gradebook.ts";
import { writeOwnFile } from "../../src/class/own-file.ts";

const grade: Grade = {
  state: "passed",
  solved: true,
  phase: "closed",
  extended: 600,
  ...{ student: "bob", exercise: "jobs", attempts: 2, points: 10, hints: 0 },
  ...{ seconds: 61.25, firstPass: "2026-12-01T09:00:00.000Z" },
};
const shown = (display: string) =>
  exportOf({ name: "autumn", displayNames: new Map([["bob", display]]) }, [grade]);

const header =
  "student,exercise,state,attempts,points,of,right,goals,hints,seconds,at,display,firstPass,solved,phase,extended\n";

test("grades are CSV with real names, first passes and the use of solve", () => {
  assert.equal(
    exportText(shown("Bob Example"), "csv"),
    `${header}bob,jobs,passed,2,10,,,,0,61.3,,Bob Example,2026-12-01T09:00:00.000Z,true,closed,600\n`,
  );
  assert.equal(exportText(exportOf({ name: "autumn" }, []), "csv"), header);
});

test("grades are JSON with the class's name", () => {
  const document = JSON.parse(exportText(shown("Bob Example"), "json"));
  assert.deepEqual(document, {
    ...{ kind: "labwright class export", class: "autumn" },
    grades: [{ ...grade, display: "Bob Example" }],
  });
});

for (const formula of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "a;=1+1", 'a\t"=1"', " =1"])
  test(`a spreadsheet takes a name for text: ${JSON.stringify(formula)}`, () => {
    const text = csvText([["a", formula]]);
    const [[, cell = ""] = []]: string[][] = parse(text);
    assert.doesNotMatch(cell, /(^|[,;\t\r\n])["'\s]*(?<!')[=+\-@＝]/);
    assert.equal(cell.replaceAll("'", ""), formula);
  });

test("names with commas, quotes and hyphens in them stay as they are", () => {
  const names = ['Lovelace, Ada "C"', "Anna-Lena", "a@b", "D'Arc"];
  assert.deepEqual(parse(csvText([names])), [names]);
});

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-export-"));
});
after(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) =>
  writeOwnFile({ file: join(folder, name), text, isOwn: isExport, by: "labwright class export" });

for (const format of ["csv", "json"] as const)
  test(`an export as ${format} replaces nothing but an export`, async () => {
    const file = join(folder, `grades.${format}`);
    const text = exportText(shown("Bob"), format);
    for (const own of ["", exportText(shown("B"), "json"), exportText(shown("B"), "csv")]) {
      await writeFile(file, own);
      await write(`grades.${format}`, text);
      assert.equal(await readFile(file, "utf8"), text);
    }
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    for (const foreign of ["name: autumn\n", '{"class":"autumn"}', "[]", "student,exercise\n", "null"]) {
      await writeFile(file, foreign);
      await assert.rejects(write(`grades.${format}`, text), { code: "file-taken", exit: 2 });
      assert.equal(await readFile(file, "utf8"), foreign);
    }
  });

test("the CSV of an older labwright is an export", () => {
  assert.ok(isExport("student,exercise,state,attempts,points,of,right,goals,hints,seconds,at\n"));
});

test("a file that cannot be written is named", async () => {
  await assert.rejects(write("none/grades.csv", "x"), { code: "file-unwritable", exit: 2 });
  await assert.rejects(write(".", "x"), { code: "file-unwritable", exit: 2 });
});

test("what is not a regular file is never replaced", async () => {
  const [target, link] = [join(folder, "target.csv"), join(folder, "link.csv")];
  await write("target.csv", exportText(exportOf({ name: "autumn" }, []), "csv"));
  await symlink(target, link);
  await assert.rejects(write("link.csv", exportText(exportOf({ name: "autumn" }, []), "csv")), {
    code: "file-taken",
    exit: 2,
  });
  assert.ok((await lstat(link)).isSymbolicLink());
});
