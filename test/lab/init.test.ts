import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { initText } from "../../src/lab/init.ts";
import { parseLab } from "../../src/lab/load.ts";

const options = { knownPlaybooks: ["cluster", "nginx-nodeport"] };

test("the starter file is the default lab, under its name", () => {
  const empty = parseLab("", "lab.yaml", options);
  assert.ok("lab" in empty);
  assert.deepEqual(parseLab(initText("basics"), "lab.yaml", options), empty);
  assert.deepEqual(parseLab(initText("mine"), "lab.yaml", options), { lab: { ...empty.lab, name: "mine" } });
});

test("init --single describes a cluster of one machine", () => {
  const empty = parseLab("", "lab.yaml", options);
  assert.ok("lab" in empty);
  assert.deepEqual(parseLab(initText("one", { single: true }), "lab.yaml", options), {
    lab: { ...empty.lab, name: "one", machines: empty.lab.machines.slice(0, 1) },
  });
});

test("the repository's lab.yaml is the starter file", () => {
  assert.equal(readFileSync(join(import.meta.dirname, "../../lab.yaml"), "utf8"), initText("basics"));
});

test("a name that no lab can have is refused before a file is written", () => {
  for (const name of ["", "My Lab", "x: y", "a\nprovider: ssh", "1".repeat(41)]) {
    assert.throws(
      () => initText(name),
      (error) => error instanceof LabwrightError && error.code === "lab-name" && error.exit === 2,
      name,
    );
  }
});
