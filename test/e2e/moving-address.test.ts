import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "../../src/hosts/sh.ts";
import { contextOf } from "../../src/kubeconfig/context.ts";
import { openProvider } from "../../src/providers/registry.ts";
import { readLab } from "../../src/session/session.ts";
import { dockerCandidate } from "../contract/providers-docker-candidate.ts";
import { incusCandidate } from "../contract/providers-incus-candidate.ts";
import { told, whileWriting } from "./api-client.ts";
import { membersOn } from "./cluster-members.ts";
import { long, outputOf, type TestLab, testLab } from "./support.ts";

/** Three control planes with an address that keepalived moves: each test begins as the one before ended. */
const planes = ["cp1", "cp2", "cp3"];
const unit = "labwright-control-plane-endpoint";

for (const candidate of [dockerCandidate, incusCandidate])
  describe(`an address that moves, on ${candidate.name}`, { skip: candidate.unavailable }, () => {
    const name = candidate.name === "docker" ? "e2e-vip" : `e2e-vip-${candidate.name}`;
    const file = (endpoint: string): string => `provider: ${candidate.name}
machines:
  - { name: cp, role: control-plane, count: 3 }
cluster: { ${endpoint}network: { plugin: flannel } }
playbooks: [cluster]
`;
    const moving = file("controlPlaneEndpoint: auto, ");
    let lab: TestLab;

    before(async () => {
      lab = await testLab(name, moving);
      await lab.labwright(["down"]);
    });
    after(async () => {
      await succeeds("down");
      assert.deepEqual(await candidate.things(name), []);
    });

    const succeeds = (...args: string[]): Promise<string> => outputOf(lab, args);
    const inside = (machine: string, script: string): Promise<string> => succeeds("ssh", machine, script);
    const members = (machine: string) => membersOn({ inside }, machine);

    /** The address of the API server in the kubeconfig. */
    const endpoint = async (): Promise<string> =>
      new URL(contextOf(await readFile(lab.kubeconfig, "utf8"), name)?.server ?? "").hostname;

    /** The control planes that run and have the address. */
    async function holders(): Promise<string[]> {
      const address = await endpoint();
      const machines = await (await openProvider(await readLab({ file: lab.file }))).list();
      const asked = machines.map(async ({ name: machine, running }): Promise<string[]> => {
        const question = `ip -4 -o address show to ${address}/32`;
        return running && (await inside(machine, question)).trim() !== "" ? [machine] : [];
      });
      return (await Promise.all(asked)).flat().sort();
    }

    async function holder(): Promise<string> {
      const [one, ...more] = await holders();
      assert.ok(one !== undefined && more.length === 0, `${[one, ...more]} have the address`);
      return one;
    }

    test("three control planes are made, one has the address, and nothing is left to do", async () => {
      await succeeds("up");
      assert.deepEqual(await members("cp3"), { members: planes, ready: planes });
      await holder();
      assert.match(await endpoint(), /\.9$/);
      assert.match(await succeeds("plan"), /Nothing to do/);
      assert.match(await succeeds("up"), /Nothing to do/);
    });

    test("Docker gives the address to no container", { skip: candidate !== dockerCandidate }, async () => {
      const network = await lab.engine.docker.run(
        sh`network inspect --format ${"{{json .IPAM.Config}}"} ${`labwright-${name}`}`,
      );
      assert.ok(network.includes(await endpoint()), network);
    });

    test("the control plane that has the address is killed twice: the address moves, and no acknowledged write is lost", async (t) => {
      for (let time = 0; time < 2; time++) {
        const machine = await holder();
        const written = await whileWriting(lab, async () => {
          await candidate.stop(await readLab({ file: lab.file }), machine);
          await sleep(20_000);
        });
        const next = await holder();
        t.diagnostic(`${machine} is killed, and ${next} has the address: ${told(written)}`);
        assert.notEqual(next, machine);
        assert.ok(written.longestPause < 15_000, told(written));
        await succeeds("up");
        assert.deepEqual(await members(machine), { members: planes, ready: planes });
        assert.equal(await holder(), next, "the address stays where the API server is ready");
      }
    });

    test("an API server that is gone gives the address away, and a keepalived that is killed starts again", {
      skip: long,
    }, async (t) => {
      const machine = await holder();
      const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
      const moved = await whileWriting(lab, async () => {
        await inside(machine, `mv ${manifest} /root/`);
        await sleep(20_000);
      });
      t.diagnostic(`the API server of ${machine} is gone: ${told(moved)}`);
      assert.notEqual(await holder(), machine);
      await inside(machine, `mv /root/kube-apiserver.yaml ${manifest}`);
      await succeeds("up");
      const other = await holder();
      const killed = await whileWriting(lab, async () => {
        await inside(other, `systemctl kill -s KILL ${unit}`);
        await sleep(10_000);
      });
      t.diagnostic(`the keepalived of ${other} is killed: ${told(killed)}`);
      await succeeds("up");
      assert.match(await succeeds("plan"), /Nothing to do/);
    });

    test("two that have the address at once are named", { skip: long }, async () => {
      const link = `${await endpoint()}/32 dev eth0`;
      const present = await holders();
      const other = planes.find((one) => !present.includes(one)) ?? "";
      await inside(other, `ip -4 address add ${link}`);
      const { code, output } = await lab.labwright(["plan"]);
      assert.equal(code, 3, output);
      assert.match(
        output,
        /have the address .* at once: VRRP \(IP protocol 112\) does not pass between them/,
      );
      await inside(other, `ip -4 address delete ${link}`);
      assert.match(await succeeds("plan"), /Nothing to do/);
    });

    test("the address cannot be taken from the lab file", async () => {
      await writeFile(lab.file, `name: ${name}\n${file("").replace("count: 3", "count: 1")}`);
      const { code, output } = await lab.labwright(["up"]);
      await writeFile(lab.file, `name: ${name}\n${moving}`);
      assert.notEqual(code, 0, output);
      assert.match(output, new RegExp(`cannot move the API server of the lab ${name}`));
      assert.match(await succeeds("plan"), /Nothing to do/);
    });
  });
