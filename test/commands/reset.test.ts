import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();

test("without a baseline nothing is reset: exit 2, and the remedy", async () => {
  for (const args of [["reset"], ["reset", "--dry-run"], ["baseline", "show"]]) {
    const { code, output, changes } = await lab.run(args);
    assert.equal(code, 2, output);
    assert.match(output, /the lab "test" has no baseline/);
    assert.match(output, /labwright baseline record/);
    assert.deepEqual(changes, []);
  }
});

test("a baseline of a labwright that saw other things is none: what it does not know would look as if somebody made it", async () => {
  const folder = join(lab.data, "labwright/labs/test/baseline");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "baseline.json"), '{"form":0,"recorded":"","decided":"","recording":{}}');
  const { code, output } = await lab.run(["reset", "--dry-run"]);
  assert.equal(code, 2, output);
  assert.match(output, /no baseline that this labwright can compare it with/);
});

test("wrong use is refused before the lab is asked: exit 2", async () => {
  for (const [args, message] of [
    [["reset", "--machine", "cq"], /cannot reset "cq": the lab test has no such machine/],
    [["reset", "--task", "drill", "--machine", "cp"], /--task resets an exercise, and takes none of/],
    [["reset", "--task", "drill", "--dry-run"], /--task resets an exercise/],
  ] as const) {
    const { code, output, changes } = await lab.run(args);
    assert.equal(code, 2, output);
    assert.match(output, message);
    assert.deepEqual(changes, []);
  }
});

test("hosts that stay belong to their owner, and are never reset as a whole", async () => {
  const text =
    "name: test\nprovider: ssh\nmachines: [{ name: cp, role: app-server, host: 192.0.2.1, user: root }]\nplaybooks: []\n";
  const file = join(lab.folder, "hosts.yaml");
  writeFileSync(file, text);
  for (const args of [["reset"], ["reset", "--rebuild"], ["baseline", "record", "--yes"]]) {
    const { code, output } = await lab.run([...args, "--file", file]);
    assert.equal(code, 2, output);
    assert.match(output, /its hosts existed before it and belong to their owner/);
    assert.match(output, /labwright exercise reset NAME/);
  }
});
