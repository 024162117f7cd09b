import assert from "node:assert/strict";
import { test } from "node:test";
import { FileProblems } from "../../src/lab/problem.ts";
import { type Path, parseYaml, readAllYaml, readYaml, writeAllYaml, writeYaml } from "../../src/lab/yaml.ts";

const text = `# a comment
name: basics
"quoted key": { list: [1, {deep: 'x'}], none: }
machines:
  - { name: cp, role: worker }
  - name: |
      block
    via: *  # not an alias, see below
empty:
  -
  - x
  # - no item
  -
`.replace("*  # not an alias, see below", "w");

const places: [Path, string, string][] = [
  [[], "2:1", "2:1"],
  [["name"], "2:7", "2:1"],
  [["quoted key"], "3:15", "3:1"],
  [["quoted key", "list"], "3:23", "3:17"],
  [["quoted key", "list", 0], "3:24", "3:24"],
  [["quoted key", "list", 1, "deep"], "3:34", "3:28"],
  [["quoted key", "none"], "3:41", "3:41"],
  [["machines"], "5:3", "4:1"],
  [["machines", 0], "5:5", "5:5"],
  [["machines", 0, "role"], "5:23", "5:17"],
  [["machines", 1, "name"], "7:7", "6:5"],
  [["machines", 1, "via"], "8:10", "8:5"],
  [["empty", 0], "10:3", "10:3"],
  [["empty", 1], "11:5", "11:5"],
  [["empty", 2], "13:3", "13:3"],
  [["machines", 9, "name"], "5:3", "5:3"],
  [["nowhere", "at", "all"], "2:1", "2:1"],
];

for (const [path, value, key] of places) {
  test(`the place of ${JSON.stringify(path)}`, () => {
    const document = readYaml(text, "x.yaml");
    const place = (part: "key" | "value"): string => {
      const { line, column } = document.positionOf(path, part);
      return `${line}:${column}`;
    };
    assert.deepEqual([place("value"), place("key")], [value, key]);
  });
}

test("a byte order mark and Windows line ends move nothing", () => {
  const document = readYaml("\uFEFFa: 1\r\nb:\r\n  c: 2\r\n", "x.yaml");
  assert.deepEqual(document.value, { a: 1, b: { c: 2 } });
  assert.deepEqual(document.positionOf(["a"], "key"), { line: 1, column: 1 });
  assert.deepEqual(document.positionOf(["b", "c"]), { line: 3, column: 6 });
});

test("a scalar is also known as it is written, through an alias too", () => {
  const document = readYaml("a: &v 1.30\nb: *v\nc: [x]\n", "x.yaml");
  assert.equal(document.writtenAt(["a"]), "1.30");
  assert.equal(document.writtenAt(["b"]), "1.30");
  assert.equal(document.writtenAt(["c"]), undefined);
  assert.equal(document.writtenAt(["d"]), undefined);
});

test("a value under an alias is where it is written, and the alias where it stands", () => {
  const document = readYaml("a: &m { k: 1 }\nb: *m\n", "x.yaml");
  assert.deepEqual(document.positionOf(["b"]), { line: 2, column: 4 });
  assert.deepEqual(document.positionOf(["b", "k"]), { line: 1, column: 12 });
});

test("nothing, or only comments, has no value; a bare document is null", () => {
  assert.equal(readYaml("", "x.yaml").value, undefined);
  assert.equal(readYaml("# a\n\n", "x.yaml").value, undefined);
  assert.equal(readYaml("---\n", "x.yaml").value, null);
});

test("duplicate keys are all told, with the first one's line", () => {
  const result = parseYaml("a: 1\nb: { c: 1, c: 2 }\n'a': 3\n", "x.yaml");
  assert.ok("problems" in result);
  assert.deepEqual(
    result.problems.map(({ file, line, column }) => [file, line, column]),
    [
      ["x.yaml", 2, 12],
      ["x.yaml", 3, 1],
    ],
  );
  assert.match(result.problems[1]?.message ?? "", /"a".*line 1/);
});

const wrong: [string, string, string, RegExp][] = [
  ["an open bracket", "a: [1, 2", "1:9", /not YAML/],
  ["a tab", "a:\n\tb: 1\n", "2:1", /tab/],
  ["an unknown tag", "a: !x 1", "1:4", /tag/],
  ["an alias of nothing", "a: *b", "1:4", /alias/],
  ["an alias inside of what it names", "a: &a [*a]", "1:8", /alias/],
  ["a second document", "a: 1\n---\nb: 1\n", "2:1", /2 documents/],
  ["an empty second document", "---\na: 1\n---\n", "3:1", /2 documents/],
  ["a key that is a mapping", "? { a: 1 }\n: 2\n", "1:1", /not YAML/],
];

for (const [what, source, place, message] of wrong) {
  test(`${what} is refused at its place`, () => {
    assert.throws(
      () => readYaml(source, "x.yaml"),
      (error) => {
        assert.ok(error instanceof FileProblems);
        assert.equal(error.exit, 2);
        assert.ok(error.message.startsWith(`x.yaml:${place}: `), error.message);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("aliases that multiply are refused before they do", () => {
  const tens = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`)}]`);
  assert.throws(() => readYaml(`a0: &a0 x\n${tens.join("\n")}\n`, "x.yaml"), /aliases repeat/);
});

test("what is written reads back the same, also where YAML 1.1 would read another type", () => {
  const values = [
    { a: "yes", b: "1.36", c: "0x1f", d: "null", e: "2001-01-01", f: "a: b", g: " x ", h: "a\nb\n" },
    ["", 1.5, true, null],
    "text",
  ];
  for (const value of values) assert.deepEqual(readYaml(writeYaml(value), "x.yaml").value, value);
  assert.deepEqual(readAllYaml(writeAllYaml(values)), values);
});

test("long lines stay whole, nothing becomes an alias, and undefined is left out", () => {
  const shared = { x: "word ".repeat(100).trim() };
  const written = writeYaml({ a: shared, b: shared, c: undefined });
  assert.equal(written.split("\n").length, 5);
  assert.doesNotMatch(written, /[&*]|null/);
});

test("several documents are read in order", () => {
  assert.deepEqual(readAllYaml("a: 1\n---\nb: 2\n---\n"), [{ a: 1 }, { b: 2 }, null]);
  assert.deepEqual(readAllYaml("# nothing\n"), []);
});
