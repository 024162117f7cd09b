import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, test } from "node:test";
import { type TestLab, testLab } from "./support.ts";
import { app, startClient } from "./upgrade-app.ts";

const fileOf = (name: string, workers: number): string => `name: ${name}
machines:
  - { name: cp, role: control-plane }
  - { name: w, role: worker, count: ${workers} }
cluster: { network: { plugin: flannel } }
playbooks: [cluster]
`;

let lab: TestLab | undefined;
after(async () => {
  await lab?.labwright(["down"]);
});

test("a worker that leaves the lab file is drained first: refused while it cannot be, and the application answers every request", async (t) => {
  const one = await testLab("e2e-leave");
  lab = one;
  const kubectl = (words: string, input = "") =>
    one.inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words} <<'END'\n${input}\nEND`);
  await writeFile(one.file, fileOf(one.name, 2));
  await one.labwright(["down"]);
  const made = await one.labwright(["up"]);
  assert.equal(made.code, 0, made.output);
  await kubectl("apply -f -", app);
  await kubectl("rollout status deployment/app --timeout=180s");
  const nodes = "get pods -l app=app -o 'jsonpath={.items[*].spec.nodeName}'";
  assert.deepEqual((await kubectl(nodes)).trim().split(" ").sort(), ["w1", "w2"]);

  const onW2 = `--overrides='{"spec":{"nodeName":"w2"}}'`;
  await kubectl(`run mine --image=docker.io/library/nginx:latest --image-pull-policy=IfNotPresent ${onW2}`);
  await kubectl("wait pod/mine --for=condition=Ready --timeout=120s");
  await writeFile(one.file, fileOf(one.name, 1));
  for (const command of ["plan", "up"]) {
    const refused = await one.labwright([command]);
    assert.equal(refused.code, 1, refused.output);
    assert.match(refused.output, /cannot drain w2: the pod default\/mine belongs to no controller/);
  }
  assert.doesNotMatch(await kubectl("get nodes -o json"), /unschedulable|cordoned-for/);
  assert.equal((await kubectl("get pod mine -o 'jsonpath={.status.phase}'")).trim(), "Running");
  await kubectl("delete pod mine");

  const plan = await one.labwright(["plan"]);
  assert.equal(plan.code, 3, plan.output);
  assert.match(plan.output, /will be removed\n +its node will be drained first\n/);

  const format = 'jsonpath={range .items[*]}{.metadata.name} {.status.addresses[0].address}{"\\n"}{end}';
  const staying = (await kubectl(`get nodes -o '${format}'`))
    .split("\n")
    .filter((line) => /^(cp|w1) /.test(line))
    .map((line) => line.split(" ")[1] ?? "");
  assert.equal(staying.length, 2);
  const client = startClient(staying);
  const first = await one.labwright(["up"], { killWhen: /drain w2.*moving pods/, killAfter: 3000 });
  const second = await one.labwright(["up"]);
  const counted = await client.stop();
  t.diagnostic(`${first.seconds} s and ${second.seconds} s; ${JSON.stringify(counted)}`);
  assert.equal(first.code, null, first.output);
  assert.equal(second.code, 0, second.output);
  assert.match(second.output, /Drained: w2\.\nRemoved: w2\.\n/);
  assert.deepEqual(counted.failures, []);
  assert.equal((await kubectl(nodes)).trim(), "w1 w1");
  assert.equal((await kubectl("get nodes -o name")).trim(), "node/cp\nnode/w1");
  const settled = await one.labwright(["plan"]);
  assert.equal(settled.code, 0, settled.output);
  assert.equal((await one.labwright(["down"])).code, 0);
  assert.deepEqual(await one.leftovers(), []);
});
