import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { removeLeftBridges } from "../../src/providers/docker/left-bridges.ts";

const { code } = await localHost().run(
  sh`unshare --net sh -c 'ip link add type bridge && iptables -t nat -S' >/dev/null 2>&1`,
  { accept: "any" },
);
const skip = code !== 0 && "it needs root, ip and iptables";

/** In a network namespace of its own, so that no network of this computer is touched. */
const before = sh`
  for bridge in br-0123456789ab br-abcdefabcdef lw-lab; do ip link add $bridge type bridge; done
  ip link add port type veth peer name other && ip link set port master br-abcdefabcdef
  iptables -t nat -A POSTROUTING -s 192.168.60.0/24 ! -o br-0123456789ab -j MASQUERADE
  iptables -A FORWARD -i br-0123456789ab -o br-0123456789ab -j ACCEPT
  iptables -A FORWARD -i br-abcdefabcdef -j ACCEPT`;

test("a bridge that a killed engine has left goes with its rules; one in use, or not Docker's, stays", {
  skip,
}, async () => {
  const { stdout } = await localHost().run(
    sh`unshare --net sh -c ${`${before.reveal()}\n${removeLeftBridges.reveal()}\nip -o link show type bridge; iptables-save`}`,
  );
  assert.doesNotMatch(stdout, /0123456789ab/);
  assert.match(stdout, /: br-abcdefabcdef:/);
  assert.match(stdout, /: lw-lab:/);
  assert.match(stdout, /-A FORWARD -i br-abcdefabcdef -j ACCEPT/);
});
