import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab();

test("class up refuses an exercise that its labs have no machines for, and makes none", async () => {
  const file = join(lab.folder, "class.yaml");
  writeFileSync(file, "name: winter\nstudents: [carol]\nexercises: [docker-macvlan]\n");
  const { code, output, changes } = await lab.run(["class", "up", "--file", file]);
  assert.notEqual(code, 0, output);
  assert.match(output, /docker-macvlan needs .*, and the lab winter-carol has none/);
  assert.deepEqual(changes, []);
});
