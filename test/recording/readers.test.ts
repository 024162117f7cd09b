import assert from "node:assert/strict";
import { test } from "node:test";
import { firewallRecorder } from "../../src/recording/firewall.ts";
import { linkRecorder } from "../../src/recording/links.ts";
import { mountRecorder } from "../../src/recording/mounts.ts";
import { packageRecorder } from "../../src/recording/packages.ts";
import { socketRecorder } from "../../src/recording/sockets.ts";
import { isOfCluster, type Recorder } from "../../src/recording/types.ts";
import { unitRecorder } from "../../src/recording/units.ts";

/** What a recorder reads, a line each: kind, name and value. */
function read(recorder: Recorder, printed: string): string[] {
  const found = recorder.read(printed);
  for (const { kind } of found) {
    assert.ok(recorder.owns(kind), kind);
    assert.equal(isOfCluster(kind), false, kind);
  }
  return found.map(({ kind, name, value }) => `${kind}: ${name} = ${value}`);
}

test("units: services that run, but none that follows others or a login", () => {
  const shown = [
    ["cron.service", "enabled"],
    ["dbus.service", "static"],
    ["miner.service", "transient"],
    ["late.service", "masked"],
    ["gone.service", ""],
    ["user@0.service", "static"],
    ["ssh@3-10.0.0.1:22.service", "disabled"],
  ].map(([id, state]) => `Id=${id}\nUnitFileState=${state}\n`);
  assert.deepEqual(read(unitRecorder, shown.join("\n")), [
    "systemd unit: cron.service = enabled running",
    "systemd unit: miner.service = running",
    "systemd unit: late.service = masked running",
    "systemd unit: gone.service = running",
  ]);
  assert.deepEqual(read(unitRecorder, ""), []);
});

test("the firewall: rules, chains and policies that somebody set, and none that follow pods or containers", () => {
  const printed = `iptables *filter
iptables :INPUT DROP [12:3400]
iptables :KUBE-FORWARD - [0:0]
iptables :MINE - [0:0]
iptables -A INPUT -p tcp -m tcp --dport 9999 -j DROP
iptables -A INPUT -m comment --comment "cali:Cz_u1IQiXIMmKD4c" -j cali-INPUT
iptables -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
iptables -A FORWARD -i docker0 -j ACCEPT
iptables -A MINE -j RETURN
iptables -A MINE -j RETURN
iptables COMMIT
ip6tables *nat
ip6tables :PREROUTING ACCEPT [0:0]
ip6tables COMMIT`;
  assert.deepEqual(read(firewallRecorder, printed), [
    "firewall policy: iptables filter INPUT = DROP",
    "firewall chain: iptables filter MINE = there",
    "firewall rule: iptables filter INPUT -p tcp -m tcp --dport 9999 -j DROP = there",
    "firewall rule: iptables filter MINE -j RETURN = there again",
    "firewall policy: ip6tables nat PREROUTING = ACCEPT",
  ]);
});

test("links, addresses and routes: not those of pods, of the kernel or of a pod network", () => {
  const printed = `link 1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT
link 2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT
link 3: mine: <BROADCAST,MULTICAST> mtu 1400 qdisc noop state DOWN mode DEFAULT
link 4: cali12ab@if2: <BROADCAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT
link 5: veth1@if2: <BROADCAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT
address 1: lo    inet 127.0.0.1/8 scope host lo
address 2: eth0    inet 10.89.0.10/24 brd 10.89.0.255 scope global eth0
address 2: eth0    inet6 fe80::1/64 scope link
address 4: cali12ab    inet6 fe80::2/64 scope link
route -4 default via 10.89.0.1 dev eth0
route -4 10.89.0.0/24 dev eth0 proto kernel scope link src 10.89.0.10
route -4 10.244.1.0/26 via 10.244.1.0 dev vxlan.calico onlink
route -4 blackhole 10.244.2.0/26 proto 80
route -4 local 10.89.0.10 dev eth0 table local proto kernel scope host src 10.89.0.10
route -4 10.200.0.0/24 via 10.89.0.7 dev eth0
route -6 fe80::/64 dev eth0 proto kernel metric 256 pref medium`;
  assert.deepEqual(read(linkRecorder, printed), [
    "network link: lo = up mtu 65536",
    "network link: eth0 = up mtu 1500",
    "network link: mine = down mtu 1400",
    "network address: lo 127.0.0.1/8 = inet",
    "network address: eth0 10.89.0.10/24 = inet",
    "network route: -4 default via 10.89.0.1 dev eth0 = there",
    "network route: -4 10.200.0.0/24 via 10.89.0.7 dev eth0 = there",
  ]);
});

test("mounts: not those of pods and engines, and names with blanks are whole", () => {
  const printed = `overlay / overlay rw 0 0
tmpfs /run tmpfs rw 0 0
tmpfs /mnt/my\\040disk tmpfs rw 0 0
shm /run/containerd/io.containerd.grpc.v1.cri/sandboxes/1/shm tmpfs rw 0 0
tmpfs /var/lib/kubelet/pods/1/volumes/token tmpfs rw 0 0
`;
  assert.deepEqual(read(mountRecorder, printed), [
    "mount: / = overlay overlay",
    "mount: /mnt/my disk = tmpfs tmpfs",
  ]);
});

test("listening sockets: their ports and programs, but no port that the kernel chose", () => {
  const printed = `udp   UNCONN 0 0      127.0.0.53%lo:53        0.0.0.0:*    users:(("resolved",pid=7,fd=3))
udp   UNCONN 0 0      0.0.0.0:51820        0.0.0.0:*
tcp   LISTEN 0 128    0.0.0.0:22           0.0.0.0:*    users:(("sshd",pid=1,fd=3),("systemd",pid=1,fd=9))
tcp   LISTEN 0 128    127.0.0.1:41234      0.0.0.0:*    users:(("containerd",pid=9,fd=3))
tcp   LISTEN 0 128    *:10250              *:*          users:(("kubelet",pid=8,fd=3))
tcp   LISTEN 0 128    *:5473               *:*          users:(("calico-typha",pid=77,fd=3))

77`;
  assert.deepEqual(read(socketRecorder, printed), [
    "listening socket: udp 127.0.0.53%lo:53 = resolved",
    "listening socket: tcp 0.0.0.0:22 = sshd systemd",
    "listening socket: tcp *:10250 = kubelet",
  ]);
});

test("packages: names with their versions", () => {
  assert.deepEqual(read(packageRecorder, "curl 7.88.1-10\nlibc6:amd64 2.36-9\n"), [
    "package: curl = 7.88.1-10",
    "package: libc6:amd64 = 2.36-9",
  ]);
});
