import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { docker, incus, removeLeftBridges } from "../../src/providers/engine/left-bridges.ts";

const { code } = await localHost().run(
  sh`unshare --net sh -c 'ip link add type bridge && iptables -t nat -S' >/dev/null 2>&1`,
  { accept: "any" },
);
const skip = code !== 0 && "it needs root, ip and iptables";

/** In its own network namespace, so that no network of this computer is touched. */
const before = sh`
  set -e
  for bridge in br-0123456789ab br-abcdefabcdef lw-lab lw-lab-two lw-lab.2 lw-lab-2 other; do ip link add $bridge type bridge; done
  ip link add port1 type veth && ip link set port1 master br-abcdefabcdef
  ip link add port2 type veth && ip link set port2 master lw-lab-two
  ip link add port3 type veth && ip link set port3 master lw-lab-2
  iptables -A FORWARD -i lw-lab -m comment --comment "generated for Incus network lw-lab" -j ACCEPT
  for bridge in lw-lab-two lw-lab.2 lw-lab-2; do iptables -A FORWARD -i $bridge -j ACCEPT; done
  iptables -t nat -A POSTROUTING -s 192.168.60.0/24 ! -o br-0123456789ab -j MASQUERADE
  iptables -A FORWARD -i br-0123456789ab -o br-0123456789ab -j ACCEPT
  iptables -A FORWARD -i br-abcdefabcdef -j ACCEPT`;

const left = async (daemon: Parameters<typeof removeLeftBridges>[0]): Promise<string> => {
  const after = sh`ip -o link show type bridge; iptables-save`;
  const script = [before, removeLeftBridges(daemon), after].map((part) => part.reveal()).join("\n");
  return (await localHost().run(sh`unshare --net sh -c ${script}`)).stdout;
};

test("a bridge that a killed engine has left goes with its rules; one in use, or another's, stays", {
  skip,
}, async () => {
  const stdout = await left(docker);
  assert.doesNotMatch(stdout, /0123456789ab/);
  for (const name of ["br-abcdefabcdef", "lw-lab", "lw-lab-two", "other"])
    assert.match(stdout, new RegExp(`: ${name}:`));
  assert.match(stdout, /-A FORWARD -i br-abcdefabcdef -j ACCEPT/);
});

test("a name that another begins with, or nearly has, takes only its own rules away", { skip }, async () => {
  const stdout = await left(incus);
  assert.doesNotMatch(stdout, /lw-lab(?!-two|-2)/);
  for (const name of ["lw-lab-two", "lw-lab-2"]) {
    assert.match(stdout, new RegExp(`: ${name}:`));
    assert.match(stdout, new RegExp(`-A FORWARD -i ${name} -j ACCEPT`));
  }
});
