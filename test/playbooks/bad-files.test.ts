import assert from "node:assert/strict";
import { join } from "node:path";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { FileProblems } from "../../src/lab/problem.ts";
import { readYaml } from "../../src/lab/yaml.ts";
import { readPlays } from "../../src/playbooks/load.ts";
import { testBadFiles } from "../support/bad-files.ts";

testBadFiles("playbook", join(import.meta.dirname, "bad"), async (text, name) => {
  const thrown = await readPlays(readYaml(text, name), name, emptyStore).catch((error: unknown) => error);
  assert.ok(thrown instanceof FileProblems, String(thrown));
  return thrown.problems;
});
