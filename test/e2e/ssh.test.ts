import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hostState, stateChanges } from "../support/host-state.ts";
import type { PlainMachine, PlainSite } from "../support/plain-machine.ts";
import { sshSite } from "./ssh-site.ts";
import { hostsLab, type TestLab } from "./support.ts";

/** One lab on hosts that existed before it, and live on after it: each test begins where the one before it ended. */
let site: PlainSite;
let lab: TestLab;
const machines: PlainMachine[] = [];
const states = new Map<string, Record<string, string>>();
const password = "a sudo's 'password'";

const machine = (name: string): PlainMachine => {
  const found = machines.find((one) => one.name === name);
  assert.ok(found);
  return found;
};

before(async () => {
  site = await sshSite("ssh");
  process.env.LABWRIGHT_SUDO_PASSWORD = password;
  machines.push(await site.start({ name: "jump", user: "thor" }));
  for (const name of ["cp", "w"]) machines.push(await site.start({ name, user: "tony", password }));
  // The worker's owner has their own runtime, firewall rule, route and plugin.
  await machine("w").inside(`set -e
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends containerd iptables >/dev/null
    printf '# theirs\\ndisabled_plugins = []\\n' >/etc/containerd/config.toml
    systemctl restart containerd
    iptables -A INPUT -p tcp --dport 9999 -m comment --comment theirs -j DROP
    ip route add 198.51.100.0/24 via $(ip -4 route show default | awk '{ print $3 }')
    mkdir -p /opt/cni/bin && echo theirs >/opt/cni/bin/theirs
    ctr namespaces create theirs`);
  for (const one of machines) states.set(one.name, await hostState(site, one));
  const place = (name: string) => `host: ${machine(name).address}`;
  lab = await hostsLab(
    "e2e-ssh",
    `provider: ssh
machines:
  - { name: jump, role: jump-host, user: thor, ${place("jump")} }
  - { name: cp, role: control-plane, user: tony, sudo: password, via: jump, ${place("cp")} }
  - { name: w, role: worker, user: tony, sudo: password, via: jump, ${place("w")} }
`,
  );
});

after(async () => {
  if (process.env.LABWRIGHT_KEEP) return;
  await lab?.labwright(["down"]);
  await site?.close();
});

const ok = ({ code, output }: { code: number | null; output: string }): void => assert.equal(code, 0, output);

test("a cluster comes up on plain Debian machines behind a jump host, with a sudo password", async (t) => {
  const ran = await lab.labwright(["up"]);
  ok(ran);
  t.diagnostic(`up: ${ran.seconds.toFixed(0)} s`);
  ok(await lab.labwright(["verify"]));
  assert.match(await machine("jump").inside("journalctl -u ssh --no-pager"), /Accepted publickey for thor/);
});

test("a second up changes nothing", async () => {
  const ran = await lab.labwright(["up"]);
  ok(ran);
  assert.match(ran.output, /Nothing to do/);
});

test("another lab is refused on the same hosts, by name, and touches nothing", async () => {
  const other = await hostsLab(
    "e2e-ssh-other",
    `provider: ssh\nmachines: [{ name: cp, role: control-plane, user: tony, sudo: password, host: ${machine("cp").address} }]\n`,
  );
  const ran = await other.labwright(["up"]);
  assert.equal(ran.code, 1);
  assert.match(ran.output, /cp is taken by the lab e2e-ssh of /);
  ok(await other.labwright(["down"]));
  ok(await lab.labwright(["verify"]));
});

test("down gives every host back as it was", async (t) => {
  const ran = await lab.labwright(["down"]);
  ok(ran);
  t.diagnostic(`down: ${ran.seconds.toFixed(0)} s`);
  for (const one of machines) {
    const changes = stateChanges(states.get(one.name) ?? {}, await hostState(site, one));
    assert.deepEqual(changes, [], one.name);
  }
  assert.equal(await machine("w").inside("ctr namespaces ls -q"), "theirs");
});

test("down again finds nothing to take away", async () => {
  const ran = await lab.labwright(["down"]);
  ok(ran);
  assert.match(ran.output, /nothing to take away/);
});

test("a host that already runs another cluster is refused, and no host is touched", async () => {
  await machine("w").inside("mkdir -p /etc/kubernetes && touch /etc/kubernetes/kubelet.conf");
  const ran = await lab.labwright(["up"]);
  assert.equal(ran.code, 1);
  assert.match(ran.output, /w already runs another cluster: a kubelet that has joined a cluster/);
  await machine("w").inside("rm -r /etc/kubernetes");
  for (const one of machines)
    assert.deepEqual(stateChanges(states.get(one.name) ?? {}, await hostState(site, one)), [], one.name);
});
