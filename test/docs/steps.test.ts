import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { z } from "zod";
import { stepsFile, stepsPage } from "../../scripts/steps-page/page.ts";
import { rowsOf } from "../../scripts/steps-page/parameters.ts";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { readYaml } from "../../src/lab/yaml.ts";
import { entriesOf } from "../../src/playbooks/tasks.ts";
import { loadStep, stepNames } from "../../src/steps/registry.ts";

const page = readFileSync(stepsFile, "utf8");

test("docs/steps.md is what `npm run docs:steps` writes", async () => {
  assert.equal(page, await stepsPage(), "run `npm run docs:steps`");
});

test("docs/steps.md has every step once", () => {
  const named = [...page.matchAll(/^### (\S+)$/gm)].map(([, name]) => name);
  assert.deepEqual(named.sort(), stepNames().sort());
});

test("every example on the page is a task that can be bound, one for each step", async () => {
  const tasks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].flatMap(([, text = ""]) =>
    z
      .array(z.union([z.string(), z.record(z.string(), z.unknown())]))
      .parse(readYaml(text, stepsFile).value)
      .flatMap(entriesOf),
  );
  assert.deepEqual(tasks.map(([name]) => name).sort(), stepNames().sort());
  for (const [name, params] of tasks) (await loadStep(name))?.bind(params, emptyStore);
});

for (const name of stepNames())
  test(`${name}: a sentence, and a description of every parameter`, async () => {
    const step = await loadStep(name);
    assert.match(step?.summary ?? "", /^[A-Z].*\.$/);
    const schema = z.toJSONSchema(step?.params ?? z.never(), { io: "input" });
    const forms = schema.anyOf ?? [schema];
    const rows = forms.flatMap((form) => (typeof form === "object" ? rowsOf(form, "") : []));
    for (const row of rows) assert.match(row.schema.description ?? "", /\.$/, row.name);
    assert.equal(step?.example !== undefined, rows.length > 0, "an example if there are parameters");
  });
