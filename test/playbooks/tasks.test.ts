import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { readYaml } from "../../src/lab/yaml.ts";
import { readPlays } from "../../src/playbooks/load.ts";

async function keysOf(...tasks: string[]): Promise<(string | undefined)[]> {
  const text = `- { name: one, on: worker, tasks: [${tasks.join(", ")}] }`;
  const [play] = await readPlays(readYaml(text, "tasks.yaml"), "tasks.yaml", emptyStore);
  return play?.tasks.map(({ key }) => key) ?? [];
}

test("a task is the same in whatever order its parameters are written", async () => {
  const [one, turned, other] = await keysOf(
    "file: { path: /etc/a, content: a }",
    "file: { content: a, path: /etc/a }",
    "file: { content: b, path: /etc/a }",
  );
  assert.equal(turned, one);
  assert.notEqual(other, one);
});

test("a task is the same under a step's former name", async () => {
  const [now, before] = await keysOf("pod-network", "calico");
  assert.equal(before, now);
});

test("a task without parameters is the same as one with empty parameters", async () => {
  const [bare, empty, none] = await keysOf("pod-network", "pod-network: {}", "pod-network:");
  assert.deepEqual([empty, none], [bare, bare]);
});
