import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { assertCreatedWith, readCreatedWith, recordCreatedWith } from "../../src/lab/created-with.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import type { Lab } from "../../src/lab/types.ts";
import { labFolder } from "../../src/paths.ts";
import { openProvider } from "../../src/providers/registry.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

const lab = (more: Partial<Lab>): Lab => ({ ...defaultLab(), name: "one", provider: "incus", ...more });
const remote = (name: string): Partial<Lab> => ({ incus: { remote: name, type: "container" } });

test("a lab is looked for only with the provider and the server that it was created with", async () => {
  await assertCreatedWith(lab({ provider: "docker" }));
  assert.ok(!existsSync(labFolder("one")), "to look writes nothing");
  await mkdir(labFolder("one"), { recursive: true });
  await recordCreatedWith(lab(remote("far")), "lab.yaml");
  await assertCreatedWith(lab(remote("far")));
  await assert.rejects(assertCreatedWith(lab({ provider: "docker" })), {
    code: "lab-elsewhere",
    message:
      /"one" was created with the provider "incus" on the Incus remote "far".* with the provider "docker"$/,
    remedy: /^Set `incus: \{ remote: far \}` again .*created-with\.json/,
  });
  for (const other of [lab({}), lab(remote("near"))])
    await assert.rejects(assertCreatedWith(other), { code: "lab-elsewhere" });
  // The first record stays: `up` on another provider would have been refused.
  await recordCreatedWith(lab({ provider: "docker" }), "other.yaml");
  await assert.rejects(assertCreatedWith(lab({ provider: "docker" })), { code: "lab-elsewhere" });
  // The file may have moved.
  const file = resolve("other.yaml");
  assert.deepEqual(await readCreatedWith("one"), { provider: "incus", remote: "far", file });
});

test("every command that opens a provider is refused before the provider is asked", async () => {
  await mkdir(join(labFolder("two")), { recursive: true });
  await recordCreatedWith(lab({ name: "two" }), "lab.yaml");
  for (const provider of ["docker", "ssh", "vagrant", "pulumi"] as const)
    await assert.rejects(openProvider(lab({ name: "two", provider })), {
      code: "lab-elsewhere",
      remedy: /`provider: incus` without a remote/,
    });
});
