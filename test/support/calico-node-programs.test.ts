import assert from "node:assert/strict";
import { test } from "node:test";
import { isInCalicoNode } from "./calico-node-programs.ts";

test("Calico's own image has the programs that its allow-list keeps", () => {
  for (const program of ["/bin/bash", "/bin/calico-node", "ln", "rm", "sleep", "ip", "[", "calico"]) {
    assert.ok(isInCalicoNode(program), program);
  }
  for (const program of ["mv", "seq", "install", "/usr/bin/mv", "/opt/ip", "zip", "perl", "dash"]) {
    assert.ok(!isInCalicoNode(program), program);
  }
});
