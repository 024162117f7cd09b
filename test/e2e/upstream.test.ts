import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startRun } from "../../src/engine/activity-tree.ts";
import { type Internet, startInternet } from "../upstream/internet.ts";
import { makeNamespace, type Namespace } from "../upstream/network/namespace.ts";
import { type Computer, startComputer } from "./upstream-computer.ts";
import { makeWorld } from "./upstream-world.ts";

/**
 * A person's computer behind a company's proxy: the default URLs, upstream's layout, an inspecting firewall's certificate
 * authority, a network without any other way out, empty caches, and no Go, dpkg, apt or mmdebstrap.
 */
let network: Namespace;
let internet: Internet;
let computer: Computer;

before(async () => {
  const world = await startRun("world", [], (activity) => makeWorld(activity));
  network = await makeNamespace(`lw-upstream-${process.pid}`);
  internet = await startInternet({ host: network.outside, ...world });
  computer = await startComputer({ network, environment: internet.environment });
  await writeFile(
    join(computer.folder, "lab.yaml"),
    `name: office\nmirrors: { keys: [${world.fingerprint}] }\nmachines:\n  - { name: cp, role: control-plane }\n  - { name: w1, role: worker }\n`,
  );
});
after(async () => {
  await computer?.run(["down"]);
  await computer?.close();
  await internet?.close();
  await network?.close();
});

const inside = (machine: string, script: string) =>
  computer.docker("exec", `labwright-office.${machine}`, "bash", "-c", script);

test("doctor and up build a cluster from the default places", async () => {
  const doctor = await computer.run(["doctor"]);
  assert.equal(doctor.code, 0, doctor.output);
  const up = await computer.run(["up"]);
  assert.equal(up.code, 0, up.output);
  const plan = await computer.run(["plan"]);
  assert.equal(plan.code, 0, plan.output);
  const nodes = await inside("cp", "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers");
  assert.equal(nodes.split("\n").filter((line) => / Ready /.test(line)).length, 2, nodes);
});

test("what was fetched is what the computer's own processor needs, each file once", () => {
  const packages = internet.asked.filter(({ path, bytes }) => path.endsWith(".deb") && bytes > 0);
  const names = packages.map(({ path }) => path.split("/").at(-1) ?? "");
  assert.deepEqual(
    names.filter((name) => !name.includes("_amd64")),
    [],
  );
  assert.equal(new Set(names).size, names.length, names.join());
  assert.ok(
    names.some((name) => name.startsWith("containerd.io_2.4.1-2~debian.12~bookworm")),
    names.join(),
  );
});

test("nothing was asked of any other place", () => {
  assert.deepEqual(internet.refused, []);
});
