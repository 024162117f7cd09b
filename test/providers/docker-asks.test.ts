import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();

test("a look at a lab asks the engine once for its machines, its networks, its entrance and its snapshots", async () => {
  lab.has();
  const { output } = await lab.run(["plan"]);
  const asked = readFileSync(join(lab.programs, "asked"), "utf8").split("\n");
  const count = (words: string) => asked.filter((line) => line.startsWith(words)).length;
  assert.deepEqual(
    ["ps ", "network ls --no-trunc ", "image ls ", "volume ls "].map(count),
    [1, 1, 1, 1],
    output,
  );
});
