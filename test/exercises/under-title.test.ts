import assert from "node:assert/strict";
import { test } from "node:test";
import { underTitle } from "../../src/exercises/under-title.ts";

test("a text does not repeat the title above it, and keeps every other heading", () => {
  assert.equal(underTitle("A network", "# A network\n\nMake it.\n"), "Make it.\n");
  assert.equal(underTitle("A network", "\n# A network \nMake it.\n"), "Make it.\n");
  for (const text of ["# Another\n\nMake it.\n", "## A network\n", "Make it.\n# A network\n", ""])
    assert.equal(underTitle("A network", text), text);
});
