import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host } from "../../src/hosts/types.ts";
import type { Lab } from "../../src/lab/types.ts";
import { proveCluster } from "../../src/session/prove-cluster.ts";
import { lab as plain, said } from "../support/steps.ts";

const lab: Lab = {
  ...plain,
  playbooks: ["cluster"],
  machines: [
    { name: "cp", role: "control-plane", user: "root", sudo: "none" },
    { name: "w1", role: "worker", user: "root", sudo: "none" },
  ],
};

/** What is proved on a control plane that answers so. */
function proved({ leases = "cp\nw1\n", pods = "" }): ReturnType<typeof proveCluster> {
  const host = {
    run: async (command: unknown) => {
      const script = String(command);
      if (script.includes("get leases")) return said(leases);
      return said(script.includes("create") ? pods : String(Date.now()));
    },
  };
  const inventory = { lab, host: async () => host as unknown as Host };
  return proveCluster(inventory as never, new Date(), "word");
}

const ran = "pod/word-cp condition met\npod/word-w1 condition met\n";

test("nodes with a new lease that have run a pod to its end are proved", async () => {
  const { failed, seen } = await proved({ pods: ran });
  assert.deepEqual([...failed], []);
  assert.match(seen.join(), /^2 nodes: lease renewed.*,2 nodes: a pod was created/);
});

test("a node without a new lease, whose pod did not run, or did not go, is named", async () => {
  const lease = await proved({ pods: ran, leases: "cp\nw10\n" });
  assert.deepEqual([...lease.failed.keys()], ["w1"]);
  assert.match(lease.failed.get("w1") ?? "", /^has not renewed its lease since 20/);
  const pod = await proved({ pods: ran.replace("word-w1 ", "word-w10 ") });
  assert.deepEqual([...pod.failed], [["w1", "did not run a pod within 30 s"]]);
  const left = await proved({ pods: `${ran}left word-cp\n` });
  assert.deepEqual([...left.failed], [["cp", "did not end a pod that was deleted"]]);
  assert.deepEqual([...(await proved({})).failed.keys()], ["cp", "w1"]);
});
