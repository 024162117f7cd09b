import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { hasProgram } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { labFolder } from "../../src/paths.ts";
import { requireEngine } from "../../src/providers/docker/engine.ts";
import { jumpMachines, long, type TestLab, testLab } from "./support.ts";

const skip = !(await hasProgram("vagrant")) && "Vagrant is not installed on this computer";

let lab: TestLab;
const ok = ({ code, output }: { code: number | null; output: string }): void => assert.equal(code, 0, output);
const containers = async (): Promise<string[]> =>
  (await requireEngine()).docker.list(
    sh`ps --all --filter name=labwright-e2e-vagrant-vagrant --format {{.Names}}`,
  );

before(async () => {
  if (skip) return;
  process.env.VAGRANT_DEFAULT_PROVIDER = "docker";
  lab = await testLab("e2e-vagrant", `provider: vagrant\n${jumpMachines()}`);
  await lab.labwright(["down"]);
});

after(async () => {
  if (!skip) await lab.labwright(["down"]);
});

test("a cluster comes up on machines that Vagrant's docker provider makes", { skip }, async (t) => {
  const ran = await lab.labwright(["up"]);
  ok(ran);
  t.diagnostic(`up: ${ran.seconds.toFixed(0)} s`);
  ok(await lab.labwright(["verify"]));
  const { output } = await lab.labwright(["ssh", "stapp01", "id -un; uname -n"]);
  assert.match(output, /tony\r?\nstapp01/);
});

test("the exercise with Docker networks is proven on the server behind the jump host", {
  skip: skip || long,
}, async () => {
  ok(await lab.labwright(["exercise", "prove", "docker-macvlan"]));
});

test("a second up changes nothing, and a halted machine comes back", { skip }, async () => {
  const again = await lab.labwright(["up"]);
  ok(again);
  assert.match(again.output, /Nothing to do/);
  const { docker } = await requireEngine();
  await docker.run(sh`stop --time 20 labwright-e2e-vagrant-vagrant-w`);
  ok(await lab.labwright(["up"]));
  ok(await lab.labwright(["verify"]));
});

test("what a run that was killed has not given is given by the next", { skip: skip || long }, async () => {
  const folder = join(labFolder(lab.name), "vagrant/machines/stapp01/docker");
  await rm(join(folder, "labwright-logins"));
  const { output } = await lab.labwright(["status"]);
  assert.match(output, /stapp01 {2}app-server {2}stopped/);
  ok(await lab.labwright(["up"]));
  ok(await lab.labwright(["verify"]));
});

test("down leaves no machine", { skip }, async () => {
  ok(await lab.labwright(["down"]));
  assert.deepEqual(await containers(), []);
});
