import assert from "node:assert/strict";
import { test } from "node:test";
import { carriedOver } from "../../src/baseline/record-baseline.ts";
import type { Lab } from "../../src/lab/types.ts";

const plane = (name: string) => ({ name, role: "control-plane" });
const lab = { machines: [plane("cp")] } as unknown as Lab;
const file = (machine: string, name: string) => `${machine}\tfile\t${name}`;
const [a, b, c, d, other] = [
  file("cp", "/a"),
  file("cp", "/b"),
  file("cp", "/c"),
  file("cp", "/d"),
  file("w1", "/e"),
];

test("what a run changes enters the baseline; what somebody else has changed since does not", () => {
  const baseline = { [a]: "1", [b]: "1", [c]: "1" };
  // Somebody has changed b, removed c and made d; the run changes a and creates w1.
  const before = { [a]: "1", [b]: "theirs", [d]: "theirs" };
  const now = { [a]: "2", [b]: "theirs", [d]: "theirs", [other]: "1" };
  const known = { form: 1, recorded: "", decided: "", recording: baseline };
  const seen = { recording: before, seen: ["cp"], unseen: [], fresh: ["w1"] };
  assert.deepEqual(carriedOver(lab, { baseline: known, before: seen }, now), {
    [a]: "2",
    [b]: "1",
    [c]: "1",
    [other]: "1",
  });
});

test("what was not seen before a run stays as it was in the baseline", () => {
  const known = { form: 1, recorded: "", decided: "", recording: { [a]: "1" } };
  const unseen = { recording: {}, seen: ["cp"], unseen: ["cp files"], fresh: [] };
  assert.deepEqual(carriedOver(lab, { baseline: known, before: unseen }, { [a]: "theirs", [b]: "theirs" }), {
    [a]: "1",
  });
  const silent = { recording: {}, seen: [], unseen: [], fresh: [] };
  assert.deepEqual(carriedOver(lab, { baseline: known, before: silent }, { [a]: "theirs" }), { [a]: "1" });
});

test("a cluster is as new as all its control planes, whichever of them shows it", () => {
  const planes = { machines: [plane("cp"), plane("cp2")] } as unknown as Lab;
  const [pod, mine] = ["cp\tpod\tdefault/theirs", "cp\tpod\tdefault/mine"];
  const known = { form: 1, recorded: "", decided: "", recording: { [mine]: "1" } };
  const now = { [pod]: "1", [mine]: "1", [file("cp2", "/new")]: "1" };
  const before = { recording: { [pod]: "1", [mine]: "1" }, seen: ["cp"], unseen: [], fresh: ["cp2"] };
  assert.deepEqual(carriedOver(planes, { baseline: known, before }, now), {
    [mine]: "1",
    [file("cp2", "/new")]: "1",
  });
  const first = { ...before, seen: ["cp2"], fresh: ["cp"] };
  assert.deepEqual(carriedOver(planes, { baseline: known, before: first }, { [pod]: "1", [mine]: "1" }), {
    [mine]: "1",
  });
  const all = { ...before, recording: {}, seen: [], fresh: ["cp", "cp2"] };
  assert.deepEqual(carriedOver(planes, { baseline: known, before: all }, now), now);
});
