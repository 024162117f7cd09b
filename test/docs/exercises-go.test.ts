import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

/** Whether something of an exercise runs an image that is compiled on this computer, which takes Go. */
const takesGo = (exercise: string): boolean =>
  globSync("**/*.yaml", { cwd: join(root, "playbooks/exercises", exercise) }).some((file) =>
    readFileSync(join(root, "playbooks/exercises", exercise, file), "utf8").includes("labwright/web"),
  );

test("README and the page on exercises name those that need Go, and no others", () => {
  const exercises = globSync("playbooks/exercises/*/task.md", { cwd: root }).map((file) =>
    basename(dirname(file)),
  );
  const needing = exercises.filter(takesGo).sort();
  assert.ok(needing.length > 0 && needing.length < exercises.length);
  for (const page of ["README.md", "docs/exercises.md"]) {
    const [, named = ""] =
      /need Go[\s\S]*?:\s((?:`[\w-]+`,?\s?)+)\./.exec(readFileSync(join(root, page), "utf8")) ?? [];
    assert.deepEqual([...named.matchAll(/`([\w-]+)`/g)].map(([, name]) => name).sort(), needing, page);
  }
});
