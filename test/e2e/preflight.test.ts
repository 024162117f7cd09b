import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { PlainMachine, PlainSite } from "../support/plain-machine.ts";
import { sshSite } from "./ssh-site.ts";
import { hostsLab, type TestLab } from "./support.ts";

/** Two hosts that could be nodes, and one thing that is wrong with them at a time: all is said before a host is taken. */
let site: PlainSite;
let lab: TestLab;
let cp: PlainMachine;
let w: PlainMachine;

before(async () => {
  site = await sshSite("preflight");
  cp = await site.start({ name: "cp" });
  w = await site.start({ name: "w" });
  lab = await hostsLab(
    "e2e-preflight",
    `provider: ssh
machines:
  - { name: cp, role: control-plane, host: ${cp.address} }
  - { name: w, role: worker, host: ${w.address} }
`,
  );
});

after(async () => {
  await site?.close();
});

/** `plan` and `up` end with 1 and these words, and no host has the lab's mark. */
async function refused(...words: RegExp[]): Promise<void> {
  for (const command of ["plan", "up"]) {
    const { code, output } = await lab.labwright([command]);
    assert.equal(code, 1, `${command}: ${output}`);
    for (const word of words) assert.match(output, word);
  }
  for (const host of [cp, w]) assert.equal(await host.inside("ls /etc/labwright 2>/dev/null; true"), "");
}

test("hosts that have one address on their default route are refused, with the addresses that they also have", async () => {
  const routes = new Map<PlainMachine, string>();
  for (const host of [cp, w]) {
    routes.set(host, await host.inside("ip -4 route show default"));
    await host.inside(`set -e
      ip link add nat0 type veth peer name nat1
      ip address add 10.0.2.15/24 dev nat0
      ip link set nat1 up
      ip link set nat0 up
      ip route replace default via 10.0.2.2 dev nat0`);
  }
  await refused(
    /cp, w have the same address 10\.0\.2\.15/,
    /`address: 192\.168\.56\.11`/,
    new RegExp(`cp ${cp.address.replaceAll(".", "\\.")} \\(eth0\\)`),
  );
  for (const host of [cp, w]) await host.inside(`ip link delete nat0; ip route replace ${routes.get(host)}`);
});

test("a host whose network is also the pods' or the services' is refused, with a free one", async () => {
  await w.inside("ip address add 10.244.7.5/24 dev eth0; ip address add 10.100.0.9/24 dev eth0");
  await refused(
    /w is in 10\.244\.7\.5\/24 \(eth0\), which overlaps the cluster's podSubnet 10\.244\.0\.0\/16/,
    /w is in 10\.100\.0\.9\/24 \(eth0\), which overlaps the cluster's serviceSubnet 10\.96\.0\.0\/12/,
    /`cluster\.network\.podSubnet` to a free network, such as 10\.\d+\.\d+\.0\/16/,
  );
  await w.inside("ip address del 10.244.7.5/24 dev eth0; ip address del 10.100.0.9/24 dev eth0");
});

test("a folder that is a mount with something in it is named before anything is sent", async () => {
  await cp.inside(
    "mkdir -p /var/lib/etcd && mount -t tmpfs tmpfs /var/lib/etcd && mkdir /var/lib/etcd/lost+found",
  );
  await refused(
    /cp: \/var\/lib\/etcd is a mount that is not empty \(lost\+found\)/,
    /rmdir \/var\/lib\/etcd\/lost\+found/,
  );
  await cp.inside("umount /var/lib/etcd && rmdir /var/lib/etcd");
});

test("a firewall that drops the nodes' packets is named, with the ports", async () => {
  // The answers of the port are lost, as are those of a port whose packets are dropped.
  await cp.inside("ip rule add ipproto 6 sport 6443 blackhole; ip rule add ipproto 6 sport 10250 blackhole");
  await refused(
    /a firewall blocks the other nodes from reaching cp: TCP 6443 does not answer \(tried from w\), TCP 10250 does not answer/,
    /let .* in at TCP 6443, TCP 10250, TCP 5473, UDP 4789 and TCP 30000-32767/,
  );
});
