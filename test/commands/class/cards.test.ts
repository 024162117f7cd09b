import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab({
  machine: "{ name: cp, role: control-plane, users: [{ name: student }], login: [key, password] }",
});
const file = join(lab.folder, "class.yaml");
const page = join(lab.folder, "cards.html");
const cards = (...args: string[]) => lab.run(["class", "cards", ...args, "--file", file]);
const tokens = join(lab.data, "labwright/classes/autumn/tokens.json");

const id = "00112233aabbccdd";
const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

before(() => {
  write(
    file,
    'name: autumn\nstudents: [{ name: alice, display: "<script>alert(1)</script>" }, bob, carol]\nexercises: [{ name: note }]\n',
  );
  write(join(lab.folder, "exercises/note/task.md"), "# A note\n\nWrite <b>it</b>.\n");
  write(
    join(lab.folder, "exercises/note/exercise.yaml"),
    "title: A note\ngoal: [{ on: cp, tasks: [file: { path: /opt/note/a, content: a }] }]\n",
  );
  write(
    join(lab.data, "labwright/classes/autumn/class.json"),
    JSON.stringify({ students: ["alice", "bob"], file }),
  );
  for (const student of ["alice", "bob"]) {
    write(join(lab.data, `labwright/labs/autumn-${student}/id`), `${id}\n`);
    write(
      join(lab.data, `labwright/labs/autumn-${student}/credentials.json`),
      JSON.stringify({ cp: { student: `of-${student}`, root: "r" }, gone: { x: "y" } }),
    );
  }
  // Of somebody else's lab, which has the name that carol's would have.
  write(join(lab.data, "labwright/labs/autumn-carol/credentials.json"), '{"cp":{"student":"of-carol"}}');
  lab.has({ name: "cp", id });
});

test("class cards writes a card for each student, and warns of those without a lab", async () => {
  const { code, output, changes } = await cards(page);
  assert.equal(code, 0, output);
  assert.match(output, /Wrote 3 cards into .*cards\.html/);
  assert.match(output, /1 card of 3 without a way into a lab:\n {4}carol: there is no lab yet/);
  assert.deepEqual(changes, []);
  const text = readFileSync(page, "utf8");
  assert.equal(statSync(page).mode & 0o777, 0o600);
  assert.ok(text.includes("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>"));
  assert.match(text, /<td>cp<\/td><td>student<\/td><td>of-alice<\/td>/);
  assert.match(text, /<pre>ssh (-p \d+ )?student@127\.0\.0\.1<\/pre>/);
  assert.ok(text.includes("Write &lt;b&gt;it&lt;/b&gt;."));
  assert.match(text, /<h1>carol<\/h1>\n.*\n<p class="missing">There is no lab for you yet/);
  assert.doesNotMatch(text, /<script|of-carol|<td>gone|<svg/);
  assert.ok(!existsSync(tokens));
});

test("with --board each card has the student's link, and its own page is replaced", async () => {
  chmodSync(page, 0o644);
  const { code, output } = await cards(page, "--student", "alice", "--board", "https://192.168.1.5:8443");
  assert.equal(code, 0, output);
  const text = readFileSync(page, "utf8");
  const { token } = JSON.parse(readFileSync(tokens, "utf8")).students.alice;
  assert.ok(text.includes(`<a href="https://192.168.1.5:8443/#${token}">`));
  assert.match(text, /<svg/);
  assert.doesNotMatch(text, /of-bob/);
  assert.equal(statSync(page).mode & 0o777, 0o600);
});

test("a file that labwright has not written stays, and an address that is none is refused", async () => {
  const mine = join(lab.folder, "mine.html");
  writeFileSync(mine, "<!doctype html>\n<p>Mine</p>\n");
  const { code, output } = await cards(mine);
  assert.equal(code, 2, output);
  assert.match(output, /mine\.html exists, and no `labwright class cards` has written it/);
  assert.equal(readFileSync(mine, "utf8"), "<!doctype html>\n<p>Mine</p>\n");
  for (const board of ["192.168.1.5:8443", "javascript:alert(1)", "https://a/#b", "https://a:b@c/"]) {
    const refused = await cards(join(lab.folder, "other.html"), "--board", board);
    assert.equal(refused.code, 2, refused.output);
    assert.match(refused.output, /is not the address of a board/);
  }
  assert.ok(!existsSync(join(lab.folder, "other.html")));
});

test("the text of a first exercise that is not open yet stays secret", async () => {
  writeFileSync(
    file,
    "name: autumn\nstudents: [alice, bob]\nexercises: [{ name: note, opens: 2999-12-01T09:00 }]\n",
  );
  const { code, output } = await cards(page);
  assert.equal(code, 0, output);
  const text = readFileSync(page, "utf8");
  assert.ok(text.includes("<h2>First task: A note</h2>\n<p>It opens at 2999-12-01 09:00.</p>"));
  assert.doesNotMatch(text, /Write/);
});

test("a lab that cannot be asked has a card without passwords, and the exit code says so", async () => {
  lab.has({ name: "cp", id: "ffffffffffffffff" });
  const { code, output } = await cards(page, "--student", "alice");
  assert.equal(code, 1, output);
  assert.match(output, /alice: another lab "autumn-alice" exists/);
  const text = readFileSync(page, "utf8");
  assert.match(text, /Ask your instructor how you log in/);
  assert.doesNotMatch(text, /of-alice/);
});
