import assert from "node:assert/strict";
import { test } from "node:test";
import type { Machine } from "../../../src/lab/types.ts";
import { bound, said, sceneOn } from "../scene.ts";

const kept = (...lines: string[]): string =>
  ["# labwright: the machines of the lab", ...lines, "# labwright: end", ""].join("\n");
const asIs = kept("10.89.0.10 cp", "10.89.0.11 w1");
const found = (text: string, resolved = "") => ({
  hosts: said(`127.0.0.1 localhost\n${text}`),
  kept: said(text),
  resolved: said(resolved),
});

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

test("host-names: what a name really stands for decides, also if our lines are all there", async () => {
  const { check } = await bound("host-names");
  assert.deepEqual(check(found(asIs, "cp 127.0.1.1\nw1 10.89.0.11\n"), sceneOn("cp")), []);
  assert.deepEqual(check(found(asIs, "cp 10.89.0.10\nw1 10.9.9.9\n"), sceneOn("cp")), [
    "w1 stands for 10.9.9.9 on this machine, not for 10.89.0.11",
  ]);
  assert.deepEqual(check(found(asIs, "cp 127.0.1.1\nw1 10.89.0.11\n"), sceneOn("w1")), [
    "cp stands for 127.0.1.1 on this machine, not for 10.89.0.10",
  ]);
});

test("host-names: a machine that is only jumped through, at an unknown address, needs no line", async () => {
  const { check } = await bound("host-names");
  const hop: Machine = { name: "hop", role: "jump-host", user: "thor", sudo: "none" };
  const scene = sceneOn("cp");
  const addresses = new Map([...scene.addresses, ["hop", ""]]);
  const behind = { ...scene, addresses, lab: { ...scene.lab, machines: [...scene.lab.machines, hop] } };
  assert.deepEqual(check(found(asIs), behind), []);
});
