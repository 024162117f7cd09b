import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Component } from "../../../src/artifacts/components.ts";
import { wrapperModule } from "../../../src/artifacts/modules/component.ts";
import { calicoVersion } from "../../../src/components/network/calico/release.ts";
import {
  cniPluginsVersion,
  containerdVersion,
  crictlRange,
  dockerComposeVersion,
  kubernetesMinors,
  releaseRanges,
  satisfies,
} from "../../../src/versions.ts";

test("both sources have the same Calico, and its programs name the release that they are compiled from", async () => {
  const { recipe, folder } = await wrapperModule("calico", { os: "linux", arch: "amd64" });
  assert.equal(recipe.version, calicoVersion);
  const { ldflags } = recipe;
  assert.equal(ldflags["github.com/projectcalico/calico/pkg/buildinfo.Version"], `v${calicoVersion}`);
  assert.equal(ldflags["main.VERSION"], `v${calicoVersion}`);
  const commit = ldflags["github.com/projectcalico/calico/pkg/buildinfo.GitRevision"]?.slice(0, 12);
  const goMod = await readFile(join(folder, "go.mod"), "utf8");
  const pinned = [...goMod.matchAll(/projectcalico\/calico(?:\/lib\/std)? v0\.0\.0-\d+-(\w+)/g)];
  assert.deepEqual(
    pinned.map(([, hash]) => hash),
    [commit, commit],
  );
});

const { kubernetes, etcd, coredns, crictl } = kubernetesMinors["1.36"];

/** By wrapper module: the release in the table of versions, and the Go module that carries it. */
const table: readonly (readonly [Component, release: string, module: string])[] = [
  ["cni-plugins", cniPluginsVersion, "github.com/containernetworking/plugins"],
  ["containerd", containerdVersion, "github.com/containerd/containerd/v2"],
  ["coredns", coredns, "github.com/coredns/coredns"],
  ["crictl", crictl, "sigs.k8s.io/cri-tools"],
  ["docker-compose", dockerComposeVersion, "github.com/docker/compose/v2"],
  // The table has the image's revision behind the release.
  ["etcd", etcd.replace(/-\d+$/, ""), "go.etcd.io/etcd/server/v3"],
  ["kubernetes", kubernetes, "k8s.io/kubernetes"],
];

for (const [name, release, module] of table)
  test(`the wrapper module ${name} compiles the release that the table of versions names`, async () => {
    const { recipe, folder } = await wrapperModule(name, { os: "linux", arch: "amd64" });
    assert.equal(recipe.version, release);
    const goMod = await readFile(join(folder, "go.mod"), "utf8");
    const [, pinned] = new RegExp(`^(?:require )?\\s*${module} v(\\S+)`, "m").exec(goMod) ?? [];
    assert.equal(pinned, release, `${module} in go.mod`);
  });

test("what is compiled is in the range that machines may have", () => {
  assert.ok(satisfies(containerdVersion, releaseRanges.containerd));
  assert.ok(satisfies(cniPluginsVersion, releaseRanges["cni-plugins"]));
  assert.ok(satisfies(dockerComposeVersion, releaseRanges["docker-compose"]));
  for (const [minor, one] of Object.entries(kubernetesMinors))
    assert.ok(satisfies(one.crictl, crictlRange(minor)), minor);
});
