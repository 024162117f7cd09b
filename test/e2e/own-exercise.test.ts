import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { packageFolder } from "../../src/paths.ts";
import { runnerOf } from "./support.ts";

/** The lab and the exercises that authors start from, where they are. */
let folder: string;
let labwright: ReturnType<typeof runnerOf>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-own-exercise-"));
  labwright = runnerOf(join(packageFolder, "examples/own-exercise/lab.yaml"), join(folder, "kubeconfig"));
});
after(async () => {
  await labwright(["down"]);
  await rm(folder, { recursive: true });
});

test("the exercises of examples/own-exercise are proven on its lab", async () => {
  for (const args of [["down"], ["up"], ["exercise", "prove", "handover", "night-account"]]) {
    const { code, output } = await labwright(args);
    assert.equal(code, 0, output);
  }
});
