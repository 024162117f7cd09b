import assert from "node:assert/strict";
import { test } from "node:test";
import { addContext, contextOf, removeContext } from "../../src/kubeconfig/context.ts";
import { itemsOf, readDocument, sayTheSame, sections } from "../../src/kubeconfig/document.ts";
import { FileProblems } from "../../src/lab/problem.ts";
import { realWorld } from "./real-world.ts";
import { lab } from "./samples.ts";

const itemsBesides = (text: string, names: readonly string[]) =>
  sections.map((section) => itemsOf(readDocument(text), section).filter(({ name }) => !names.includes(name)));

for (const [what, text] of Object.entries(realWorld)) {
  test(`${what}: a context is added beside all others, and leaves the same bytes`, () => {
    const added = addContext(text, lab());
    assert.deepEqual(contextOf(added, "basics"), lab(), added);
    assert.deepEqual(itemsBesides(added, ["basics", "labwright-basics"]), itemsBesides(text, []), added);
    assert.equal(addContext(added, lab()), added);
    const moved = addContext(added, { ...lab(), server: "https://10.0.0.1:6443" });
    assert.equal(contextOf(moved, "basics")?.server, "https://10.0.0.1:6443");
    assert.equal(removeContext(moved, "basics"), text, `added:\n${moved}`);
  });

  test(`${what}: two labs come and go in any order`, () => {
    const both = addContext(addContext(text, lab("one")), lab("two"));
    assert.equal(removeContext(removeContext(both, "one"), "two"), text, `both:\n${both}`);
    assert.equal(removeContext(removeContext(both, "two"), "one"), text, `both:\n${both}`);
  });

  test(`${what}: no comment is lost`, () => {
    const commentsOf = (one: string) => one.match(/(?<=^|\s)#.*/gm) ?? [];
    assert.deepEqual(commentsOf(addContext(text, lab())), commentsOf(text));
  });
}

const aliased: Record<string, string> = {
  "a pointer": "clusters:\n- name: &name work\n  cluster: {server: s}\ncurrent-context: *name\n",
  "a list": "clusters: &none []\ncontexts: *none\nusers: *none\ncurrent-context: a\n",
  "an empty list": "x-empty: &none\nclusters: *none\nusers: *none\ncurrent-context: a\n",
};

for (const [what, text] of Object.entries(aliased)) {
  test(`${what} that is an alias may be written out, but says the same`, () => {
    const added = addContext(text, lab());
    assert.deepEqual(contextOf(added, "basics"), lab(), added);
    const removed = removeContext(added, "basics");
    assert.ok(sayTheSame(readDocument(removed), readDocument(text)), removed);
  });
}

test("several documents are an error that names the place", () => {
  for (const text of ["kind: Config\n---\nkind: Config\n", "{}\n---\n{}\n", "a: 1\n...\n---\n"])
    for (const change of [addContext, (one: string) => removeContext(one, "basics")])
      assert.throws(
        () => change(text, lab()),
        (error) =>
          error instanceof FileProblems && /^the kubeconfig:\d+:1: there are 2 documents/.test(error.message),
      );
});
