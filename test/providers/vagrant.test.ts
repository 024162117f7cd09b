import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { parseLab } from "../../src/lab/load.ts";
import type { Lab } from "../../src/lab/types.ts";
import type { Logins } from "../../src/providers/machine/logins.ts";
import {
  defaultSubnet,
  misfitOf,
  type VagrantMachine,
  vagrantMachines,
} from "../../src/providers/vagrant/machines.ts";
import { notesOf } from "../../src/providers/vagrant/notes.ts";
import { doorsIn, explained, statesIn } from "../../src/providers/vagrant/vagrant.ts";

function labOf(text: string): Lab {
  const result = parseLab(text, "lab.yaml", {
    knownPlaybooks: ["cluster", "nginx-nodeport"],
    provider: "vagrant",
  });
  assert.ok("lab" in result);
  return result.lab;
}

test("an empty lab file gives Vagrant the default machines, on a network that VirtualBox allows", () => {
  const { machines, netmask, lab } = vagrantMachines(labOf(""));
  assert.equal(lab, "basics");
  const subnet = defaultSubnet("basics").replace(".0/24", "");
  assert.match(subnet, /^192\.168\.(5[6-9]|6[0-3])$/);
  assert.equal(netmask, "255.255.255.0");
  assert.deepEqual(
    machines.map(({ name, address }) => `${name} ${address}`),
    ["cp", "w1", "w2"].map((name, index) => `${name} ${subnet}.${10 + index}`),
  );
});

test("Vagrant's host names have no underscore, and the lab file's network holds", () => {
  const { machines, netmask } = vagrantMachines(
    labOf(
      "network: { subnet: 172.28.0.0/22 }\nmachines: [{ name: cp, role: control-plane }, { name: jump_host, role: jump-host }]",
    ),
  );
  assert.equal(netmask, "255.255.252.0");
  assert.deepEqual(machines[1], {
    name: "jump_host",
    hostname: "jump-host",
    role: "jump-host",
    address: "172.28.0.11",
    memory: 512,
    cpus: 1,
  });
});

test("machines that exist keep their addresses, and those that the lab file does not name any more are still told", () => {
  const machinesOf = (names: string) =>
    labOf(`machines: [{ name: cp, role: control-plane }, { name: ${names}, role: worker }]`);
  const before = vagrantMachines(machinesOf("w1")).machines.toReversed();
  const after = vagrantMachines(machinesOf("w2"), before).machines;
  const last = (text: string) => text.split(".")[3];
  assert.deepEqual(
    after.map(({ name, address }) => [name, last(address)]),
    [
      ["cp", "10"],
      ["w2", "12"],
      ["w1", "11"],
    ],
  );
});

test("a machine has the size of the lab file or its role's, and an existing one keeps the size that it was made with", () => {
  const machinesOf = (size: string) =>
    labOf(`machines: [{ name: cp, role: control-plane }, { name: w1, role: worker, ${size} }]`);
  const sizesOf = (machines: readonly VagrantMachine[]) =>
    machines.map(({ cpus, memory, limited }) => [cpus, memory, limited]);
  const before = vagrantMachines(machinesOf("memory: 3Gi")).machines;
  assert.deepEqual(sizesOf(before), [
    [2, 2048, undefined],
    [1, 3072, true],
  ]);
  const changed = machinesOf("memory: 4Gi, cpus: 1");
  assert.deepEqual(sizesOf(vagrantMachines(changed, before).machines), sizesOf(before));
  const [cp, w1] = changed.machines;
  assert.ok(cp && w1);
  assert.equal(misfitOf(cp, before[0]), undefined);
  assert.equal(misfitOf(w1, undefined), undefined);
  assert.match(misfitOf(w1, before[1])?.message ?? "", /^w1 has memory: 3Gi, not 4Gi, and Vagrant /);
  assert.match(misfitOf(w1, before[1])?.remedy ?? "", /`labwright up --recreate w1`/);
});

test("states and accesses are read from Vagrant's own output", () => {
  const status =
    "1700000000,cp,metadata,provider,docker\n1700000000,cp,provider-name,docker\n1700000000,cp,state,running\n1700000000,w,state,not_created\n1700000000,,ui,info,Current machine states:";
  assert.deepEqual(
    [...statesIn(status)],
    [
      ["cp", "running"],
      ["w", "not_created"],
    ],
  );
  const config =
    'Host cp\n  HostName 127.0.0.1\n  User vagrant\n  Port 2222\n  IdentityFile "/a b/key"\n\nHost w\n  HostName 172.17.0.3\n  User vagrant\n  Port 22\n  IdentityFile /key\n';
  assert.deepEqual(
    [...doorsIn(config)],
    [
      ["cp", { host: "127.0.0.1", port: 2222, user: "vagrant", identity: "/a b/key" }],
      ["w", { host: "172.17.0.3", port: 22, user: "vagrant", identity: "/key" }],
    ],
  );
});

test("Vagrant's complaints become errors with a remedy, and the holder of a lock is named", () => {
  const codeOf = (output: string, code = "program-failed") => {
    const error = explained(["up"], new LabwrightError({ code, message: "m", remedy: "r", output }), [
      "vagrant up (process 12)",
    ]);
    assert.ok(error.remedy);
    return `${error.code}: ${error.message}`;
  };
  assert.match(codeOf("", "program-missing"), /^vagrant-missing/);
  assert.match(
    codeOf(
      "An action 'up' was attempted on the machine 'cp',\nbut another process is already executing an action on the machine.",
    ),
    /^vagrant-locked: another Vagrant process is working on these machines: vagrant up \(process 12\)/,
  );
  assert.match(codeOf("Timed out while waiting for the machine to boot."), /^machine-boot-timeout/);
  assert.match(
    codeOf("The IP address configured for the host-only network is not within the\nallowed ranges."),
    /^network-not-allowed/,
  );
  assert.match(
    codeOf("No usable default provider could be found for your system."),
    /^vagrant-provider-missing/,
  );
  assert.match(
    codeOf('Command: ["docker", "inspect", "c188", {}]\n\nStderr: Error: No such object: c188'),
    /^vagrant-docker-race/,
  );
  const unusable =
    "The provider 'docker' that was requested to back the machine\n'cp' is reporting that it isn't usable";
  assert.match(codeOf(unusable), /^engine-gone/);
  const conflict =
    'Conflict. The container name "/labwright-a-vagrant-cp" is already in use by container "1".';
  assert.match(codeOf(conflict), /^name-taken.*"\/labwright-a-vagrant-cp"/);
  assert.match(codeOf("something else"), /^vagrant-failed: vagrant up failed/);
});

test("what is noted about a machine lies where Vagrant removes it with the machine", async () => {
  const folder = await mkdtemp(join(tmpdir(), "labwright-test-vagrant-"));
  try {
    const mine = join(folder, "machines/cp/docker");
    await mkdir(join(folder, "machines/cp/virtualbox"), { recursive: true });
    await mkdir(mine, { recursive: true });
    await writeFile(join(mine, "id"), "1");
    const logins: Logins = { user: "root", sudo: "none", authorizedKey: "KEY", passwords: {} };
    const before = await notesOf(folder, "cp");
    assert.deepEqual([before.has(logins), before.hostKeys], [false, []]);
    await writeFile(before.knownHosts, "[127.0.0.1]:2222 ssh-ed25519 AAAA\n10.0.0.1 ssh-ed25519 BBBB\n");
    await before.given(logins);
    const { has, hostKeys } = await notesOf(folder, "cp");
    assert.deepEqual([has(logins), has({ ...logins, user: "tony" })], [true, false]);
    assert.deepEqual(hostKeys, ["ssh-ed25519 AAAA", "ssh-ed25519 BBBB"]);
    await rm(mine, { recursive: true });
    assert.equal((await notesOf(folder, "cp")).has(logins), false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
