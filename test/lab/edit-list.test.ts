import assert from "node:assert/strict";
import { test } from "node:test";
import { type Item, withItem, withoutItem } from "../../src/lab/edit-list.ts";

const added: Record<string, [before: string, after: string, item?: Item]> = {
  "in brackets": ["a: 1\nlist: [x, y] # two\nb: 2\n", "a: 1\nlist: [x, y, z] # two\nb: 2\n"],
  "in brackets with spaces and a comma at the end": ["list: [ x, y, ]\n", "list: [ x, y, z, ]\n"],
  "in brackets over lines": [
    "list: [\n  x, # first\n  y # last\n  ]\n",
    "list: [\n  x, # first\n  y, z # last\n  ]\n",
  ],
  "in lines": [
    "list:\n  # all\n  - x\n  - y # last\n\n# more\nb: 2\n",
    "list:\n  # all\n  - x\n  - y # last\n  - z\n\n# more\nb: 2\n",
  ],
  "in lines without indentation": ["list:\n- x\nb: 2\n", "list:\n- x\n- z\nb: 2\n"],
  "in lines, and no line end": ["list:\n  - x", "list:\n  - x\n  - z"],
  "lines of Windows and a byte order mark": ["\uFEFFlist:\r\n  - x\r\n", "\uFEFFlist:\r\n  - x\r\n  - z\r\n"],
  "after an item of several lines": [
    "list:\n  - name: x\n    display: X\nb: 2\n",
    "list:\n  - name: x\n    display: X\n  - z\nb: 2\n",
  ],
  "an item of several keys": [
    "list: [x]\n",
    'list: [x, { name: z, display: "Z, \\"the\\" #1" }]\n',
    { name: "z", display: 'Z, "the" #1' },
  ],
  "a word that YAML takes for a number": ["list: [x]\n", 'list: [x, "123"]\n', "123"],
  "a word that YAML takes for a truth value": ["list:\n  - x\n", 'list:\n  - x\n  - "true"\n', "true"],
};

for (const [what, [before, after, item = "z"]] of Object.entries(added))
  test(`an item is added ${what}`, () => assert.equal(withItem(before, "list", item), after));

const removed: Record<string, [before: string, index: number, after: string]> = {
  "first in brackets": ["list: [x, y, z] # all\n", 0, "list: [y, z] # all\n"],
  "in the middle of brackets": ["list: [ x, y,  z ]\n", 1, "list: [ x, z ]\n"],
  "last in brackets": ["list: [x, y , z]\n", 2, "list: [x, y]\n"],
  "first in brackets over lines": [
    "list: [\n  x, # the first\n  # about y\n  y\n  ]\n",
    0,
    "list: [\n  # about y\n  y\n  ]\n",
  ],
  "last in brackets over lines": [
    "list: [\n  x, # the first\n  y\n  ]\n",
    1,
    "list: [\n  x, # the first\n  ]\n",
  ],
  "behind another in a line": ["list: [x, y,\n  z]\n", 1, "list: [x, \n  z]\n"],
  "in lines, with its comment": [
    "list:\n  # x\n  - x # first\n  - y # second\n  # z\n  - z\nb: 1\n",
    1,
    "list:\n  # x\n  - x # first\n  # z\n  - z\nb: 1\n",
  ],
  "of several lines": ["list:\n  - name: x\n    display: X # x\n  - y\n", 0, "list:\n  - y\n"],
  "last in lines, and no line end": ["list:\r\n- x\r\n- y", 1, "list:\r\n- x\r\n"],
};

for (const [what, [before, index, after]] of Object.entries(removed))
  test(`an item is removed ${what}`, () => assert.equal(withoutItem(before, "list", index), after));

for (const [what, text] of Object.entries({
  "an alias": "x: &l [a, b]\nlist: *l\n",
  "a list that an alias repeats": "list: &l [a, b]\nx: *l\n",
  "an item that an alias repeats": "list: [a, &b b]\nx: *b\n",
  "no list": "list: 12\n",
  "no such key": "a: 1\n",
  "an empty list": "list: []\n",
  "two documents": "list: [a]\n---\nlist: [a]\n",
  "broken YAML": "list: [a\n",
}))
  test(`${what} is left alone`, () => {
    assert.ok(withItem(text, "list", "z") === undefined || what === "an item that an alias repeats");
    assert.equal(withoutItem(text, "list", 1), undefined);
  });
