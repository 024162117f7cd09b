import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { ensureLabId } from "../../src/lab/identity.ts";
import { networkName } from "../../src/providers/incus/names.ts";
import { type IncusCluster, incusCluster, noCluster } from "../incus-cluster/cluster.ts";
import { clusterPlace } from "../incus-cluster/place.ts";
import { classFolder, type Ran, runnerOf, succeeds, type TestLab, testLab } from "./support.ts";

const skip = await noCluster();
const name = "e2e-incus-cluster";
const room = "e2e-members";

const instances = z.array(
  z.object({ location: z.string(), config: z.looseObject({ "user.labwright.ports": z.string() }) }),
);

describe("a cluster on a cluster of incus", { skip }, () => {
  let cluster: IncusCluster;
  let lab: TestLab;

  const labwright = (...args: string[]): Promise<Ran> => lab.labwright(args, { env: cluster.env });
  const member = (wanted: string) => {
    const found = cluster.members.find((one) => one.name === wanted);
    assert.ok(found);
    return found;
  };
  const inFirst = (script: string) => member("m1").inside(script);

  before(async () => {
    cluster = await incusCluster("e2e");
    const machines = "[{ name: cp, role: control-plane }, { name: w1, role: worker }]";
    lab = await testLab(name, `provider: incus\nincus: { remote: cluster }\nmachines: ${machines}\n`);
  });
  after(async () => {
    await cluster?.close();
  });

  /** As a run leaves it that is killed when it has told one member of the lab's network. */
  const halfDefined = async () =>
    inFirst(
      `incus network create ${networkName({ name })} --type bridge --description 'labwright lab ${name} ${await ensureLabId(name)}' --target m1`,
    );

  test("down takes away what only one member was told of", async () => {
    await halfDefined();
    const { things } = clusterPlace(cluster);
    assert.deepEqual(await things(name), [networkName({ name })]);
    succeeds(await labwright("down"));
    assert.deepEqual(await things(name), []);
    // What the next `up` has to make whole.
    await halfDefined();
    await inFirst("incus storage create labwright btrfs --target m2");
  });

  test("up makes two Ready nodes on two members, and nginx answers from both", async () => {
    succeeds(await labwright("up", "--timeline"));
    const nodes = await labwright(
      "ssh",
      "cp",
      "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers",
    );
    assert.equal(nodes.output.match(/\bReady\b/g)?.length, 2, nodes.output);
    const path = `/1.0/instances?recursion=1&project=labwright-${name}`;
    const machines = instances.parse(JSON.parse(await inFirst(`incus query '${path}'`)));
    assert.deepEqual(machines.map(({ location }) => location).sort(), ["m1", "m2"]);
    for (const { location, config } of machines) {
      const ports = z.record(z.string(), z.number()).parse(JSON.parse(config["user.labwright.ports"]));
      const url = `http://${member(location).address}:${ports[30080]}/`;
      assert.equal((await fetch(url)).status, 200, `${location}: ${url}`);
    }
  });

  test("the second up changes nothing, in one round trip a machine, and verify finds all well", async () => {
    const ran = await labwright("up");
    succeeds(ran);
    assert.match(ran.output, /Nothing to do: .*\(\d+\.\d s, 2 round trips\)/);
    succeeds(await labwright("verify"));
  });

  test("a member that is gone is named, its machine counts as stopped, and with it back all is well", async () => {
    await inFirst("incus config set cluster.offline_threshold 11");
    await member("m2").inside("systemctl stop incus.socket incus.service");
    await inFirst("until incus cluster list -f csv | grep m2 | grep -q OFFLINE; do sleep 1; done");
    for (const command of ["up", "down"]) {
      const { code, output } = await labwright(command);
      assert.equal(code, 1, output);
      assert.match(output, /while members of the Incus cluster are down: m2 is offline/, command);
    }
    const { output } = await labwright("status", "--json");
    const states = z.object({ machines: z.array(z.object({ name: z.string(), state: z.string() })) });
    assert.deepEqual(
      states.parse(JSON.parse(output)).machines.map(({ name, state }) => [name, state]),
      [
        ["cp", "running"],
        ["w1", "stopped"],
      ],
    );
    await member("m2").inside("systemctl start incus.socket incus.service");
    await inFirst("while incus cluster list -f csv | grep -q OFFLINE; do sleep 1; done");
    // The failed `down` had taken the kubeconfig's context away, and the node may have to become Ready again.
    succeeds(await labwright("up"));
    assert.match((await labwright("up")).output, /Nothing to do/);
  });

  test("the labs of a class are spread over the members, as many as fit on all of them", async () => {
    const folder = await classFolder("incus-class");
    const students = ["alice", "bob"];
    const run = runnerOf(join(folder, "class.yaml"), join(folder, "kubeconfig"));
    const classed = async (...args: string[]): Promise<string> =>
      succeeds(await run(["class", ...args], { env: cluster.env })).output;
    const write = (more: string) =>
      writeFile(
        join(folder, "lab.yaml"),
        `provider: incus\nincus: { remote: cluster }\nmachines: [{ name: cp, role: control-plane${more} }]\n`,
      );
    await writeFile(join(folder, "class.yaml"), `name: ${room}\nstudents: [${students}]\n`);
    try {
      await write(", memory: 900Gi");
      const refused = await run(["class", "up"], { env: cluster.env });
      assert.equal(refused.code, 1, refused.output);
      assert.match(refused.output, /of memory are available on the Incus cluster/);
      await write("");
      const output = await classed("up");
      for (const [, url = ""] of output.matchAll(/(http:\S+)/g))
        assert.equal((await fetch(url)).status, 200, url);
      const places = students.map(async (student) => {
        const path = `/1.0/instances?recursion=1&project=labwright-${room}-${student}`;
        return instances.parse(JSON.parse(await inFirst(`incus query '${path}'`)));
      });
      const locations = (await Promise.all(places)).map((all) => all.map(({ location }) => location).join());
      assert.deepEqual(locations.sort(), ["m1", "m2"]);
    } finally {
      await classed("down", "--forget");
      await rm(folder, { recursive: true });
    }
    for (const student of students)
      assert.deepEqual(await clusterPlace(cluster).things(`${room}-${student}`), []);
  });

  test("down leaves nothing on either member", async () => {
    const { things } = clusterPlace(cluster);
    const there = await things(name);
    for (const { name } of cluster.members) assert.ok(there.some((one) => one.endsWith(` on ${name}`)));
    succeeds(await labwright("down"));
    assert.deepEqual(await things(name), []);
    assert.match((await labwright("down")).output, /There was nothing to take away/);
  });
});
