import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { upgradeText } from "../../src/commands/upgrade/text.ts";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab({ playbooks: "[cluster]" });

for (const [title, to, code, message] of [
  ["a release that there is not", "1.99", 2, /cannot upgrade: Kubernetes 1.99 is not supported\n.*"1.37"/],
  [
    "a release with a v",
    "v1.37",
    2,
    /cannot upgrade: Kubernetes v1.37 is not supported\n.*write "1.37", without the v/,
  ],
  [
    "a patch release that cannot be compiled",
    "1.37.1",
    2,
    /Kubernetes 1.37.1 cannot be compiled from Go modules/,
  ],
  ["a lab that is not there", "1.37", 1, /cannot upgrade: cp does not exist, and will be created/],
] as const)
  test(`upgrade to ${title}: exit ${code}, and nothing is changed`, async () => {
    lab.has();
    const before = readFileSync(lab.file, "utf8");
    const ran = await lab.run(["upgrade", "--to", to, "--yes"]);
    assert.equal(ran.code, code, ran.output);
    assert.match(ran.output, message);
    assert.deepEqual([ran.changes, lab.written()], [[], []]);
    assert.equal(readFileSync(lab.file, "utf8"), before);
  });

test("upgrade of a lab without a cluster: exit 1", async () => {
  const bare = dockerLab();
  bare.has({ name: "cp", id: "0123456789abcdef" });
  const ran = await bare.run(["upgrade", "--to", "1.37", "--yes"]);
  assert.equal(ran.code, 1, ran.output);
});

test("the plan of an upgrade names each component before and after", () => {
  const versions = (entries: Record<string, string>) => new Map(Object.entries(entries));
  const text = upgradeText(
    [
      {
        name: "cp",
        role: "control-plane",
        present: versions({ kubelet: "1.36.3", etcd: "3.6.8-0" }),
        wanted: versions({ kubelet: "1.37.2", etcd: "3.7.0-0" }),
      },
      {
        name: "w1",
        role: "worker",
        present: versions({ kubelet: "1.37.2" }),
        wanted: versions({ kubelet: "1.37.2", etcd: "3.7.0-0" }),
      },
    ],
    "1.37",
  );
  assert.match(
    text,
    /^The upgrade to Kubernetes 1.37, in this order:\n\ncp {2}control-plane\n {4}kubelet {2}1.36.3 → 1.37.2\n {4}etcd {5}3.6.8-0 → 3.7.0-0\nw1 {2}worker\n {4}nothing to change\n\n/,
  );
  assert.match(text, /version-skew-policy/);
});
