import assert from "node:assert/strict";
import { test } from "node:test";
import { localhost } from "../../src/engine/graph.ts";
import { isOwn, taskKey } from "../../src/exercises/work.ts";

const [made, right, added] = ["made", "right", "added"].map((key) => ({ machine: localhost, key }));

test("an exercise undoes what its start recorded and did not find right, and nothing else", () => {
  assert.ok(made && right && added);
  const state = { tasks: [taskKey(made), taskKey(right)], found: [taskKey(right)] };
  assert.equal(isOwn(state, made), true);
  assert.equal(isOwn(state, right), false, "it was right before the start");
  assert.equal(isOwn(state, added), false, "nobody knows whether it was right before the start");
});
