import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { progressIn, withoutProgress, withProgress } from "../../src/steps/shared/progress.ts";

test("progress: what is measured is printed where it changes, and the work's own output and code stay", async () => {
  const told: (string | undefined)[] = [];
  const work = sh`for n in 1 2 3 4 5 6 7; do sleep 1; done; echo done; exit_with() { return 3; }; exit_with`;
  const { code, stdout } = await localHost().run(withProgress(work, sh`echo 7`), {
    accept: "any",
    onLine: (line) => told.push(progressIn(line)),
  });
  assert.equal(code, 3);
  assert.equal(withoutProgress(stdout), "done");
  assert.deepEqual(told, ["7", undefined]);
});
