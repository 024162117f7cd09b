import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openCache } from "../../../src/artifacts/cache.ts";
import { fixedModule, type ModuleName, moduleFor } from "../../../src/artifacts/components.ts";
import { wrapperModule } from "../../../src/artifacts/modules/component.ts";
import { listedImages } from "../../../src/artifacts/sets.ts";
import { linux } from "../../../src/artifacts/target.ts";
import { localPathVersion } from "../../../src/components/addon/local-path-provisioner/release.ts";
import { metricsServerVersion } from "../../../src/components/addon/metrics-server/release.ts";
import { skipperVersion } from "../../../src/components/addon/skipper/release.ts";
import { calicoVersion } from "../../../src/components/network/calico/release.ts";
import { flannelVersion } from "../../../src/components/network/flannel/release.ts";
import { containerdRange, containerdVersion } from "../../../src/components/runtime/containerd/release.ts";
import { crioVersion } from "../../../src/components/runtime/cri-o/release.ts";
import { criDockerdVersion } from "../../../src/components/runtime/docker/release.ts";
import { architectureNamed } from "../../../src/hosts/architecture.ts";
import { kubernetesImages } from "../../../src/kubernetes/images.ts";
import { runProgram } from "../../../src/local/program.ts";
import { cacheFolder, packageFolder } from "../../../src/paths.ts";
import {
  cniPluginsVersion,
  crictlRange,
  crictlVersion,
  dockerComposeVersion,
  kubernetesMinors,
  releaseRanges,
  satisfies,
} from "../../../src/versions.ts";

const target = linux("amd64");
const processor = architectureNamed(process.arch, "this computer");

test("both sources have the same Calico, and its programs name the release that they are compiled from", async () => {
  const { recipe, folder } = await wrapperModule(fixedModule("calico"), target);
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

/** By wrapper module: the release in the table of versions, and the Go module that carries it. */
type Row = readonly [ModuleName, release: string, module: string];
const fixed: Row[] = [
  [fixedModule("cni-plugins"), cniPluginsVersion, "github.com/containernetworking/plugins"],
  [fixedModule("containerd"), containerdVersion, "github.com/containerd/containerd/v2"],
  [fixedModule("cri-o"), crioVersion, "github.com/cri-o/cri-o"],
  [fixedModule("cri-dockerd"), criDockerdVersion, "github.com/Mirantis/cri-dockerd"],
  [fixedModule("crictl"), crictlVersion, "sigs.k8s.io/cri-tools"],
  [fixedModule("flannel"), flannelVersion, "github.com/flannel-io/flannel"],
  [fixedModule("metrics-server"), metricsServerVersion, "sigs.k8s.io/metrics-server"],
  [fixedModule("local-path-provisioner"), localPathVersion, "github.com/rancher/local-path-provisioner"],
  [fixedModule("skipper"), skipperVersion, "github.com/zalando/skipper"],
  [fixedModule("docker-compose"), dockerComposeVersion, "github.com/docker/compose/v2"],
];
const ofMinors = Object.entries(kubernetesMinors).flatMap(([minor, { kubernetes, etcd, coredns }]): Row[] => [
  [moduleFor("kubernetes", minor), kubernetes, "k8s.io/kubernetes"],
  // The table has the image's revision behind the release.
  [moduleFor("etcd", minor), etcd.replace(/-\d+$/, ""), "go.etcd.io/etcd/server/v3"],
  [moduleFor("coredns", minor), coredns, "github.com/coredns/coredns"],
]);

for (const [name, release, module] of [...fixed, ...ofMinors])
  test(`the wrapper module ${name.folder} compiles the release that the table of versions names`, async () => {
    const { recipe, folder } = await wrapperModule(name, target);
    assert.equal(recipe.version, release);
    const goMod = await readFile(join(folder, "go.mod"), "utf8");
    const [, pinned] = new RegExp(`^(?:require )?\\s*${module} v(\\S+)`, "m").exec(goMod) ?? [];
    assert.equal(pinned, release, `${module} in go.mod`);
    for (const [variable, value] of Object.entries(recipe.ldflags))
      for (const [stated] of value.matchAll(/(?<=v)\d+\.\d+\.\d+$/g)) assert.equal(stated, release, variable);
  });

test("a folder of wrapper modules is there for each minor of the table, and for no other", async () => {
  const folders = await readdir(join(packageFolder, "infra/modules"));
  assert.deepEqual(folders.filter((name) => /^\d/.test(name)).sort(), Object.keys(kubernetesMinors).sort());
});

for (const [minor, { kubernetes }] of Object.entries(kubernetesMinors))
  test(`every staging module in infra/modules/${minor}/kubernetes has the number of Kubernetes ${kubernetes}`, async () => {
    const { folder, recipe } = await wrapperModule(moduleFor("kubernetes", minor), target);
    assert.equal(`1.${recipe.ldflags["k8s.io/component-base/version.gitMinor"]}`, minor);
    const goMod = await readFile(join(folder, "go.mod"), "utf8");
    const staging = [...goMod.matchAll(/^\s*(k8s\.io\/\S+) (v0\.\d+\.\d+) /gm)].map(
      ([, , release]) => release,
    );
    assert.ok(staging.length > 20);
    assert.deepEqual([...new Set(staging)], [kubernetes.replace(/^1/, "v0")]);
  });

const cache = openCache(join(cacheFolder(), "artifacts"));
for (const [minor, { kubernetes }] of Object.entries(kubernetesMinors)) {
  const { id } = await wrapperModule(moduleFor("kubernetes", minor), linux(processor));
  const folder = process.platform === "linux" ? await cache.find("programs", id) : undefined;
  const skip = folder === undefined && "labwright's cache has no kubeadm that was compiled for this computer";
  test(`kubeadm ${kubernetes} lists the images that the table of versions names`, { skip }, async () => {
    const kubeadm = join(folder ?? "", "kubeadm");
    const args = ["config", "images", "list", "--kubernetes-version", `v${kubernetes}`];
    assert.deepEqual(listedImages(await runProgram(kubeadm, args)), kubernetesImages.names(minor).sort());
  });
}

test("what is compiled is in the range that machines may have", () => {
  assert.ok(satisfies(containerdVersion, containerdRange));
  assert.ok(satisfies(cniPluginsVersion, releaseRanges["cni-plugins"]));
  assert.ok(satisfies(dockerComposeVersion, releaseRanges["docker-compose"]));
  for (const minor of Object.keys(kubernetesMinors))
    assert.ok(satisfies(crictlVersion, crictlRange(minor)), minor);
});
