import assert from "node:assert/strict";
import { test } from "node:test";
import { bound, said, sceneOn } from "./scene.ts";

const kept = (...lines: string[]): string =>
  ["# labwright: the machines of the lab", ...lines, "# labwright: end", ""].join("\n");
const asIs = kept("10.89.0.10 cp", "10.89.0.11 w1");
const found = (text: string) => ({ hosts: said(`127.0.0.1 localhost\n${text}`), kept: said(text) });

test("host-names: the block with every machine's address is wanted, in both files", async () => {
  const { check } = await bound("host-names");
  assert.deepEqual(check(found(asIs), sceneOn("cp")), []);
  assert.equal(check(found(asIs.replace("11 w1", "12 w1")), sceneOn("cp")).length, 2);
  assert.equal(check({ ...found(asIs), kept: said("") }, sceneOn("cp")).length, 1);
});

test("host-names: a machine that is away keeps its line; one that was never there is missed", async () => {
  const { check } = await bound("host-names");
  const away = { ...sceneOn("cp"), addresses: new Map([["cp", "10.89.0.10"]]) };
  assert.deepEqual(check(found(asIs), away), []);
  assert.match(check(found(kept("10.89.0.10 cp")), away).join(), /w1 has no address yet/);
});
