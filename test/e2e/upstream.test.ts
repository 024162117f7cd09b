import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startRun } from "../../src/engine/activity-tree.ts";
import { sh } from "../../src/hosts/sh.ts";
import { type TestLab, testLab } from "./support.ts";
import { type LocalUpstream, startUpstream } from "./upstream-places.ts";

let lab: TestLab;
let upstream: LocalUpstream;
let imagesBefore: string[];

const nodeImages = () => lab.engine.docker.list(sh`images labwright/node --format {{.Tag}}`);

before(async () => {
  lab = await testLab("from-upstream");
  imagesBefore = await nodeImages();
  upstream = await startRun("upstream", [], (activity) => startUpstream(lab.engine, activity));
  await writeFile(
    lab.file,
    `name: from-upstream\nsource: upstream\nmirrors: ${JSON.stringify(upstream.mirrors)}\nmachines:\n  - { name: cp, role: control-plane }\n  - { name: w1, role: worker }\n`,
  );
});
after(async () => {
  await lab?.labwright(["down"]);
  const made = (await nodeImages()).filter((tag) => !imagesBefore.includes(tag));
  for (const tag of made) {
    await lab.engine.docker.run(sh`rmi --force ${`labwright/node:${tag}`}`);
    await lab.engine.docker.run(sh`volume rm --force ${`labwright-images-${tag}`}`);
  }
  await upstream?.close();
});

test("a whole cluster out of upstream's packages, registry and manifest", async () => {
  const up = await lab.labwright(["up"]);
  assert.equal(up.code, 0, up.output);
  const plan = await lab.labwright(["plan"]);
  assert.equal(plan.code, 0, plan.output);
  for (const path of ["kubeadm.deb", "kubernetes-cni.deb", "containerd.io.deb", "calico-typha.yaml"]) {
    assert.ok(
      upstream.asked.some((asked) => asked.endsWith(path)),
      `${path} was fetched: ${upstream.asked.join()}`,
    );
  }
  assert.match(await lab.inside("w1", "crictl images"), /registry\.k8s\.io\/kube-proxy/);
});

test("a mirror that lacks an image is an error that names the image, and the next run mends it", async () => {
  const [name] = ["docker.io/library/nginx:latest"];
  await lab.inside("w1", `ctr -n k8s.io images rm ${name}`);
  const plan = await lab.labwright(["plan"]);
  assert.equal(plan.code, 3, plan.output);
  assert.match(plan.output, /docker\.io\/library\/nginx:latest is missing/);
  const up = await lab.labwright(["up"]);
  assert.equal(up.code, 0, up.output);
});
