import assert from "node:assert/strict";
import { isIPv6 } from "node:net";
import { test } from "node:test";
import { address6, addressesOf, isDualStack, machineSubnet6, subnetsOf } from "../../src/lab/ip-families.ts";
import { parseLab } from "../../src/lab/load.ts";

function labOf(text: string) {
  const parsed = parseLab(text, "lab.yaml", { knownPlaybooks: ["cluster", "nginx-nodeport"] });
  assert.ok("lab" in parsed, JSON.stringify(parsed));
  return parsed.lab;
}

const dual = labOf("cluster: { network: { ipFamilies: [IPv4, IPv6] } }");

test("IPv4 alone is the default, also if the lab file says so", () => {
  for (const lab of [labOf(""), labOf("cluster: { network: { ipFamilies: [IPv4] } }")]) {
    assert.equal(isDualStack(lab.cluster.network), false);
    assert.deepEqual(addressesOf(lab, "10.89.7.10"), ["10.89.7.10"]);
    const { podSubnet, serviceSubnet } = subnetsOf(lab.cluster.network);
    assert.deepEqual([podSubnet, serviceSubnet], [["10.244.0.0/16"], ["10.96.0.0/12"]]);
  }
});

test("a dual-stack lab has a network of each family, IPv4 first", () => {
  const { podSubnet, serviceSubnet } = subnetsOf(dual.cluster.network);
  assert.deepEqual(podSubnet, ["10.244.0.0/16", "fd00:10:244::/56"]);
  assert.deepEqual(serviceSubnet, ["10.96.0.0/12", "fd00:10:96::/112"]);
  assert.deepEqual(addressesOf(dual, "10.89.7.10"), ["10.89.7.10", "fd00:a59:700::a59:70a"]);
});

test("a machine's IPv6 address is in the network that belongs to its IPv4 network", () => {
  assert.equal(machineSubnet6("10.89.213.0/24"), "fd00:a59:d500::/64");
  const given = { machineSubnet: "192.168.210.64/27" };
  assert.equal(machineSubnet6(given.machineSubnet), "fd00:c0a8:d240::/64");
  assert.equal(address6(given, "192.168.210.74"), "fd00:c0a8:d240::c0a8:d24a");
  for (const address of ["10.0.0.10", "172.16.255.254", "192.168.0.1"])
    assert.ok(isIPv6(address6({}, address)));
});
