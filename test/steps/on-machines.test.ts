import assert from "node:assert/strict";
import { test } from "node:test";
import { nothing, said, sceneOf, stepOf } from "../support/steps.ts";

const scene = sceneOf("cp");

test("user-kubectl: content with nodes listed, else it tells kubectl's own last words", async () => {
  const step = await stepOf("user-kubectl", { user: "thor" });
  assert.deepEqual(step.check({ nodes: said("node/cp\nnode/w1\n") }, scene), []);
  assert.deepEqual(step.check({ nodes: said("Warning: x\nerror: no configuration\n", 1) }, scene), [
    "on cp, `kubectl get nodes` as thor ends with: error: no configuration",
  ]);
  assert.match(step.check({ nodes: nothing }, scene).join(), /no node/);
});

test("login-user: tells a user that is not there, and takes only names that useradd takes", async () => {
  const step = await stepOf("login-user", { name: "thor" });
  assert.deepEqual(step.check({ entry: nothing }, scene), ["cp has no user thor"]);
  assert.deepEqual(step.check({ entry: said("thor:x:1000:1000::/home/thor:/bin/bash\n") }, scene), []);
  for (const name of ["Thor", "a b", "$(id)", "-r", ""]) await assert.rejects(stepOf("login-user", { name }));
});

test("exercise-folder: takes absolute paths below a folder only", async () => {
  const step = await stepOf("exercise-folder", { path: "/root/drill" });
  assert.deepEqual(step.check({ folder: nothing }, scene), ["the folder /root/drill has not been made"]);
  assert.deepEqual(step.check({ folder: said("") }, scene), []);
  for (const path of ["/", "/root", "/root/../etc", "drill", "/root/a b", "/root/$(id)"])
    await assert.rejects(stepOf("exercise-folder", { path }), path);
  await assert.rejects(stepOf("exercise-folder", { path: "/root/drill", files: { "../x": "" } }));
});

test("etcd-tools: names the programs that are missing", async () => {
  const step = await stepOf("etcd-tools");
  assert.deepEqual(
    step.check({ present: said("/usr/local/bin/etcdctl\n/usr/local/bin/etcdutl\n") }, scene),
    [],
  );
  assert.deepEqual(step.check({ present: said("/usr/local/bin/etcdctl\n", 2) }, scene), [
    "/usr/local/bin/etcdutl is missing",
  ]);
});
