import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { labChoices } from "../../src/artifacts/choices.ts";

const folder = mkdtempSync(join(tmpdir(), "labwright-choices-"));
const earlier = process.env.XDG_DATA_HOME;
before(() => {
  process.env.XDG_DATA_HOME = folder;
});
after(() => {
  if (earlier === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = earlier;
  rmSync(folder, { recursive: true });
});

test("what a lab has taken is read again by the next run, and changes made side by side all stay", async () => {
  const choices = labChoices("basics");
  assert.deepEqual(await choices.read(), { packages: {} });
  await Promise.all(
    ["containerd", "crictl", "cni-plugins"].map((set) =>
      choices.change(({ packages }) => {
        packages[set] = { [set]: "1.0.0-1" };
      }),
    ),
  );
  await choices.change((all) => {
    all.source = "upstream";
  });
  assert.deepEqual(await labChoices("basics").read(), {
    source: "upstream",
    packages: {
      containerd: { containerd: "1.0.0-1" },
      crictl: { crictl: "1.0.0-1" },
      "cni-plugins": { "cni-plugins": "1.0.0-1" },
    },
  });
  const file = join(folder, "labwright/labs/basics/sources.json");
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("a file that is damaged counts as none", async () => {
  writeFileSync(join(folder, "labwright/labs/basics/sources.json"), '{ "source": "mars"');
  assert.deepEqual(await labChoices("basics").read(), { packages: {} });
});
