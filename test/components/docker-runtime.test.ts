import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { files } from "../../src/components/runtime/docker/files.ts";
import { images } from "../../src/components/runtime/docker/images.ts";
import { othersThan } from "../../src/components/runtime/docker/others.ts";
import { runtime } from "../../src/components/runtime/docker/runtime.ts";
import type { Command } from "../../src/hosts/sh.ts";
import { defaultLab } from "../../src/lab/expand.ts";

let folder: string;

/** A Docker that lists images as people type their names, and knows one container of the kubelet's and one of somebody else. */
const docker = `#!/bin/sh
[ "$1" != --host ] || shift 2
case "$*" in
  "image ls "*) printf '%s\\n' nginx:stable labwright/web:1 registry.k8s.io/pause:3.10.2 localhost/own:1 10.0.0.1:5000/x:2 '<none>:<none>' ;;
  "container ls "*--filter*) echo k8s_POD_web ;;
  "container ls "*) printf '%s\\n' k8s_POD_web news ;;
esac
`;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "labwright-docker-runtime-"));
  writeFileSync(join(folder, "docker"), docker);
  chmodSync(join(folder, "docker"), 0o755);
});
after(() => rmSync(folder, { recursive: true }));

const run = (command: Command): string =>
  execFileSync("sh", ["-c", command.reveal()], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });

test("images are listed by the names that pods give in full", () => {
  assert.deepEqual(run(images.list()).trim().split("\n"), [
    "docker.io/library/nginx:stable",
    "docker.io/labwright/web:1",
    "registry.k8s.io/pause:3.10.2",
    "localhost/own:1",
    "10.0.0.1:5000/x:2",
  ]);
});

test("what others than the kubelet have on the engine is found", () => {
  assert.equal(run(othersThan("label=io.kubernetes.docker.type")), "container news\n");
});

test("the engine makes no network, and calls labwright's OCI runtime where it may not lower oom_score_adj", () => {
  const settings = (lowersOomScore: boolean, onBtrfs = false) =>
    JSON.parse(files.config.text(defaultLab(), { systemdCgroup: false, lowersOomScore, onBtrfs }));
  const { bridge, iptables, runtimes } = settings(true);
  assert.deepEqual([bridge, iptables, runtimes], ["none", false, undefined]);
  assert.deepEqual(settings(false).runtimes, { labwright: { path: files.ociRuntime.path } });
  assert.equal(settings(false)["default-runtime"], "labwright");
  assert.equal(settings(true)["storage-driver"], undefined);
  assert.equal(settings(true, true)["storage-driver"], "overlay2");
});

test("kubelets since 1.36 do not open WebSockets to cri-dockerd; 1.35 has no such feature gate", () => {
  assert.deepEqual(runtime.kubeletGates?.("1.35"), {});
  for (const version of ["1.36", "1.36.1", "1.37"])
    assert.deepEqual(runtime.kubeletGates?.(version), { ExtendWebSocketsToKubelet: false });
});

test("cri-dockerd gives pods an address of each family if the lab has both", () => {
  const lab = defaultLab();
  assert.match(files.unit.text(lab), / --ipv6-dual-stack=false$/m);
  const network = { ...lab.cluster.network, ipFamilies: ["IPv4", "IPv6"] as const };
  const dual = { ...lab, cluster: { ...lab.cluster, network } };
  assert.match(files.unit.text(dual), / --ipv6-dual-stack=true$/m);
});
