import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "../../src/hosts/sh.ts";
import { addressAt } from "../../src/lab/cidr.ts";
import { hostState, stateChanges } from "../support/host-state.ts";
import type { PlainMachine, PlainSite } from "../support/plain-machine.ts";
import { told, whileWriting } from "./api-client.ts";
import { sshSite } from "./ssh-site.ts";
import { hostsLab, type Ran, type TestLab } from "./support.ts";

/** An address that moves between existing hosts, among which another computer has its own: each test goes on where the one before ended. */
const names = ["cp1", "cp2", "cp3"];
const hosts = new Map<string, PlainMachine>();
const states = new Map<string, Record<string, string>>();
let site: PlainSite;
let lab: TestLab;
let other: PlainMachine;

const host = (name: string): PlainMachine => {
  const found = hosts.get(name);
  assert.ok(found);
  return found;
};

const inFile = (endpoint: string): Promise<void> =>
  writeFile(
    lab.file,
    `name: ${lab.name}
provider: ssh
machines:
${names.map((name) => `  - { name: ${name}, role: control-plane, user: tony, host: ${host(name).address} }\n`).join("")}\
cluster: { controlPlaneEndpoint: ${endpoint}, network: { plugin: flannel } }
playbooks: [cluster]
`,
  );

async function ran(code: number, ...args: string[]): Promise<Ran> {
  const result = await lab.labwright(args);
  assert.equal(result.code, code, `${args.join(" ")}: ${result.output}`);
  return result;
}

async function assertUnchanged(): Promise<void> {
  for (const one of hosts.values())
    assert.deepEqual(stateChanges(states.get(one.name) ?? {}, await hostState(site, one)), [], one.name);
}

/** Far from those that the engine hands out. */
const free = (): string => addressAt(site.subnet, 200);
const holds = (name: string): Promise<string> => host(name).inside(`ip -4 -o address show to ${free()}/32`);

before(async () => {
  site = await sshSite("vip");
  for (const name of names) hosts.set(name, await site.start({ name, user: "tony" }));
  other = await site.start({ name: "other" });
  for (const [name, one] of hosts) states.set(name, await hostState(site, one));
  lab = await hostsLab("hosts-vip");
});

after(async () => {
  await lab?.labwright(["down"]);
  await site?.close();
});

test("an address that another computer has is refused before anything is changed", async () => {
  await inFile(other.address);
  const { output } = await ran(1, "up");
  assert.match(
    output,
    new RegExp(
      `the address ${other.address.replaceAll(".", "[.]")} of the API server is in use: .* answers cp1`,
    ),
  );
  await assertUnchanged();
});

test("an address of another network, and that of a host, are refused too", async () => {
  await inFile("192.0.2.9");
  assert.match(
    (await ran(1, "up")).output,
    /192[.]0[.]2[.]9 of the API server is not in the network .* of cp1/,
  );
  await inFile(host("cp2").address);
  assert.match((await ran(1, "up")).output, /is in use: it is the address of cp2/);
  await assertUnchanged();
});

test("a free one moves when the host that has it is gone, and nothing is left to do", async (t) => {
  await inFile(free());
  t.diagnostic(`up: ${(await ran(0, "up")).seconds.toFixed(0)} s`);
  assert.ok((await readFile(lab.kubeconfig, "utf8")).includes(`https://${free()}:6443`));
  assert.match((await ran(0, "plan")).output, /Nothing to do/);
  const answers = await Promise.all(names.map(async (name) => ((await holds(name)) === "" ? [] : [name])));
  const [holder = "", ...more] = answers.flat();
  assert.deepEqual(more, []);
  const { docker } = site.engine;
  const written = await whileWriting(lab, async () => {
    await docker.run(sh`kill ${host(holder).container}`);
    await sleep(20_000);
  });
  t.diagnostic(`${holder} is killed: ${told(written)}`);
  assert.ok(written.longestPause < 15_000, told(written));
  await docker.run(sh`start ${host(holder).container}`);
  await ran(0, "up");
});

test("down restores the hosts: no address, no package and no file of keepalived's is left", async () => {
  await ran(0, "down");
  for (const name of names) assert.equal(await holds(name), "");
  await assertUnchanged();
});
