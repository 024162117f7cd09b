import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { areAwake } from "../../src/kubernetes/suspended-controllers.ts";

const before = "2026-11-30T10:00:00.000000Z";
const after = "2026-11-30T10:30:07.123456Z";

const isReached = async (...lines: string[][]): Promise<boolean> => {
  const text = lines.map((line) => `${line.join("\t")}\n`).join("");
  const asked = sh`now=2026-11-30T10:30:00; printf %s ${text} | ${areAwake}`;
  return (await localHost().run(asked, { accept: "any" })).code === 0;
};

const ready = ["True", "kubelet is posting ready status"];
const lease = (node: string, renewed: string) => [node, renewed, "", ""];
const node = (name: string, [status = "", message = ""] = ready) => [name, "", status, message];

test("controllers go on once every node that was ready has renewed its lease", async () => {
  assert.equal(await isReached(node("cp"), node("w"), lease("cp", after), lease("w", before)), false);
  assert.equal(await isReached(node("cp"), node("w"), lease("cp", after)), false);
  assert.equal(await isReached(node("cp"), node("w"), lease("cp", after), lease("w", after)), true);
});

test("they do not wait for a node that was not ready before", async () => {
  const gone = node("w", ["Unknown", "Kubelet stopped posting node status."]);
  assert.equal(await isReached(node("cp"), gone, lease("cp", after), lease("w", before)), true);
});

test("they wait for a kubelet that wakes up", async () => {
  const waking = node("w", ["False", "PLEG is not healthy: pleg was last seen active 5m ago"]);
  assert.equal(await isReached(node("cp"), waking, lease("cp", after), lease("w", after)), false);
});

test("they wait for an API server that says nothing", async () => {
  assert.equal(await isReached(), false);
});
