import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleFor } from "../../src/artifacts/components.ts";
import { wrapperModule } from "../../src/artifacts/modules/component.ts";
import { clusterNeeds, nodePrograms } from "../../src/components/needs.ts";
import { nodeLeftovers } from "../../src/components/node/leftovers.ts";
import { runtimeOf } from "../../src/components/runtime/runtimes.ts";
import { runtimes } from "../../src/lab/available.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import type { Lab } from "../../src/lab/types.ts";
import { hostLeftovers } from "../../src/providers/ssh/leftovers.ts";
import { satisfies } from "../../src/versions.ts";

const labWith = (runtime: Lab["cluster"]["runtime"]): Lab => {
  const lab = { ...defaultLab(), mirrors: { images: "http://10.89.0.1:5000" } };
  return { ...lab, cluster: { ...lab.cluster, runtime } };
};

for (const name of runtimes.supported) {
  const lab = labWith(name);
  const runtime = runtimeOf(lab.cluster);

  test(`${name}: each of its files that can have a comment begins with labwright's own`, () => {
    const node = { systemdCgroup: true, lowersOomScore: true, onBtrfs: false };
    for (const { path, text } of Object.values(runtime.files).filter((one) => !one.path.endsWith(".json")))
      assert.match(text(lab, node) ?? "", /^(#!\S+\n)?# Written by labwright/, path);
  });

  test(`${name}: its sandboxes are the pause image of the lab's Kubernetes, and crictl asks its socket`, () => {
    const texts = Object.values(runtime.files).map(({ text }) =>
      text(lab, { systemdCgroup: true, lowersOomScore: true, onBtrfs: false }),
    );
    assert.ok(texts.some((text) => text?.includes("registry.k8s.io/pause:3.10.2")));
    assert.ok(texts.some((text) => text?.includes(`runtime-endpoint: unix://${runtime.socket}`)));
  });

  test(`${name}: the cgroup driver follows the machine's cgroups`, () => {
    const config = (systemdCgroup: boolean) =>
      Object.values(runtime.files).map(({ text }) =>
        text(lab, { systemdCgroup, lowersOomScore: true, onBtrfs: false }),
      );
    assert.notDeepEqual(config(true), config(false));
  });

  test(`${name}: what is compiled is in the range that machines may have`, async () => {
    const { compiled, range } = runtime.programs;
    const { recipe } = await wrapperModule(moduleFor(compiled.component, lab.cluster.version), {
      os: "linux",
      arch: "amd64",
    });
    assert.ok(satisfies(recipe.version, range(lab.cluster.version)), recipe.version);
  });

  test(`${name}: its programs are part of the node image, and places are asked for them`, () => {
    for (const programs of [nodePrograms(lab.cluster), clusterNeeds(lab.cluster).programs])
      assert.ok(programs.includes(runtime.programs));
  });

  test(`${name}: its processes and namespaces count as left on a host, whatever the lab file names`, () => {
    for (const process of runtime.processes) assert.ok(hostLeftovers.shown.includes(process), process);
    for (const prefix of runtime.namespaces) assert.ok(nodeLeftovers.shown.includes(prefix), prefix);
  });
}

test("a runtime that the lab file cannot name is an error that names it", () => {
  assert.throws(() => runtimeOf({ runtime: "rkt" as never }), /there is no container runtime rkt/);
});
