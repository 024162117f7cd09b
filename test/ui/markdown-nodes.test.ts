import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type MarkdownNode, markdownTags } from "../../src/ui/markdown-node.ts";
import { markdownNodes } from "../../src/ui/markdown-nodes.ts";

const element = (tag: string, ...children: unknown[]) => ({ tag, children });

test("headings, lists, code, links and emphasis become elements", () => {
  assert.deepEqual(
    markdownNodes("# One\n\nA **b** `c` [d](https://e.example).\n\n3. x\n4. y\n\n```\n<z>\n```\n"),
    [
      element("h3", "One"),
      element(
        "p",
        "A ",
        element("strong", "b"),
        " ",
        element("code", "c"),
        " ",
        {
          ...element("a", "d"),
          href: "https://e.example",
        },
        ".",
      ),
      { ...element("ol", element("li", "x"), element("li", "y")), start: 3 },
      element("pre", element("code", "<z>")),
    ],
  );
});

test("HTML stays text, and so does a link that does not lead to a page", () => {
  assert.deepEqual(
    markdownNodes("a <b onclick=x>c</b> [d](javascript:alert(1)) ![e](http://f.example/g.png)"),
    [element("p", "a ", "<b onclick=x>", "c", "</b>", " ", "d", " ", "e")],
  );
  assert.deepEqual(markdownNodes("<script>alert(1)</script>\n"), ["<script>alert(1)</script>\n"]);
  assert.deepEqual(markdownNodes("x\u202ey"), [element("p", "x\\u202ey")]);
});

const tagsOf = (node: MarkdownNode): string[] =>
  typeof node === "string" ? [] : [node.tag, ...node.children.flatMap(tagsOf)];

test("every task of labwright is made of elements that can only show text", () => {
  const root = join(import.meta.dirname, "../..");
  const files = globSync("playbooks/exercises/*/task.md", { cwd: root });
  assert.ok(files.length > 10);
  for (const file of files) {
    const nodes = markdownNodes(readFileSync(join(root, file), "utf8"));
    for (const tag of nodes.flatMap(tagsOf))
      assert.ok(
        markdownTags.some((known) => known === tag),
        `${file}: ${tag}`,
      );
  }
});
