import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lab } from "../../src/lab/types.ts";
import { notesOf } from "../../src/session/notes.ts";
import { recorder } from "../support/recorder.ts";
import { checkContextOf, lab } from "../support/steps.ts";

async function notes(given: Partial<Lab>) {
  const machines = recorder([["get nodes", { code: 1, stdout: "", stderr: "" }]], {});
  const one = { ...lab, ...given };
  const found = one.machines.map(({ name }) => ({ name, running: true, connection: { kind: "local" } }));
  const said = await notesOf(one, {
    ...checkContextOf("cp"),
    lab: one,
    found: found as unknown as Parameters<typeof notesOf>[1]["found"],
    host: async (name) => machines.host(name),
  });
  return { said, commands: machines.done().trim() };
}

test("a lab without a cluster, and without a control plane, has no notes, and no machine is asked", async () => {
  const { network } = lab.cluster;
  const none: Lab["cluster"] = { ...lab.cluster, network: { ...network, plugin: "none" } };
  for (const cluster of [lab.cluster, none, { ...none, controlPlaneEndpoint: "auto" }])
    assert.deepEqual(
      await notes({ machines: [{ name: "app", role: "app-server", user: "root", sudo: "none" }], cluster }),
      { said: [], commands: "" },
    );
});

test("of a cluster whose nodes this computer does not reach, it is said", async () => {
  const { said } = await notes({ playbooks: ["cluster"] });
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /^this computer reaches cp, w1 by SSH only/);
});
