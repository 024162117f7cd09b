import assert from "node:assert/strict";
import { test } from "node:test";
import { ZodError } from "zod";
import {
  createArguments,
  type InspectedNetwork,
  networkDifferences,
  networkSchema,
} from "../../src/docker/network.ts";

/** As engine 29 answers to `docker network create -d macvlan -o parent=eth0 --subnet … --ip-range … news`. */
const news: InspectedNetwork = {
  Name: "news",
  Driver: "macvlan",
  Internal: false,
  IPAM: { Config: [{ Subnet: "172.28.0.0/24", IPRange: "172.28.0.0/24" }] },
  Options: { parent: "eth0" },
  Labels: {},
};
const asked = { network: "news", driver: "macvlan", subnet: "172.28.0.0/24", ipRange: "172.28.0.1/24" };
const differences = (given: object, found: Partial<InspectedNetwork> = {}): string[] =>
  networkDifferences({ ...news, ...found }, networkSchema.parse({ ...asked, ...given }));

test("a range with host bits is the range without them, and any parent is right where none is asked for", () => {
  assert.deepEqual(differences({}), []);
  assert.deepEqual(differences({}, { Options: { parent: "eth1" } }), []);
  assert.deepEqual(differences({}, { Options: null }), []);
  assert.deepEqual(createArguments(networkSchema.parse(asked)).slice(2), [
    "--subnet",
    "172.28.0.0/24",
    "--ip-range",
    "172.28.0.0/24",
  ]);
});

test("what is seen and what is expected is told in the words that were asked with", () => {
  const pool = { Config: [{ Subnet: "172.29.0.0/24", IPRange: "172.28.0.0/25" }] };
  assert.deepEqual(differences({}, { Driver: "bridge", IPAM: pool }), [
    "news: driver is bridge, expected is macvlan",
    "news: subnet is 172.29.0.0/24, expected is 172.28.0.0/24",
    "news: ip-range is 172.28.0.0/25, expected is 172.28.0.1/24",
  ]);
  assert.deepEqual(differences({}, { IPAM: { Config: [{ Subnet: "172.28.0.0/24" }] } }), [
    "news: ip-range is not set, expected is 172.28.0.1/24",
  ]);
  assert.deepEqual(differences({}, { IPAM: { Config: null } }).length, 2);
});

test("every option that is asked for is compared, and none that is not", () => {
  const everything = {
    parent: "eth0.10",
    mode: "private",
    gateway: "172.28.0.254",
    auxAddresses: { printer: "172.28.0.9" },
    internal: true,
    labels: { team: "news" },
    options: { "com.docker.network.driver.mtu": "1400" },
  };
  assert.deepEqual(differences(everything), [
    "news: gateway is not set, expected is 172.28.0.254",
    "news: auxiliary address printer is not set, expected is 172.28.0.9",
    "news: parent is eth0, expected is eth0.10",
    "news: mode is bridge, expected is private",
    "news: internal is false, expected is true",
    "news: option com.docker.network.driver.mtu is not set, expected is 1400",
    "news: label team is not set, expected is news",
  ]);
  const found: Partial<InspectedNetwork> = {
    Internal: true,
    IPAM: {
      Config: [
        {
          Subnet: "172.28.0.0/24",
          IPRange: "172.28.0.77/24",
          Gateway: "172.28.0.254",
          AuxiliaryAddresses: { printer: "172.28.0.9", other: "172.28.0.10" },
        },
      ],
    },
    Options: { parent: "eth0.10", macvlan_mode: "private", "com.docker.network.driver.mtu": "1400" },
    Labels: { team: "news", more: "" },
  };
  assert.deepEqual(differences(everything, found), []);
  const line = createArguments(networkSchema.parse({ ...asked, ...everything })).join(" ");
  assert.match(line, /--gateway 172.28.0.254 --aux-address printer=172.28.0.9 --opt parent=eth0.10/);
  assert.match(line, /--opt macvlan_mode=private --internal .* --label team=news$/);
});

test("ipvlan has its own modes, and its default is l2", () => {
  const ipvlan = { driver: "ipvlan", ipRange: undefined };
  assert.deepEqual(differences({ ...ipvlan, mode: "l2" }, { Driver: "ipvlan" }), []);
  assert.deepEqual(differences({ ...ipvlan, mode: "l3" }, { Driver: "ipvlan" }), [
    "news: mode is l2, expected is l3",
  ]);
});

test("parameters that mean nothing, or could be taken for anything but a name, are refused", () => {
  const refused: object[] = [
    { network: "ne ws" },
    { network: "$(reboot)" },
    { network: "news\nrm" },
    { network: "-news" },
    { network: "'news'" },
    { subnet: "172.28.0.0" },
    { subnet: "172.28.0.256/24" },
    { subnet: "172.28.0.0/33" },
    { parent: "eth0; reboot" },
    { parent: "a-name-of-17-chars" },
    { mode: "l2" },
    { driver: "overlay" },
    { driver: "bridge", parent: "eth0" },
    { driver: "ipvlan", host: { interface: "h0", address: "172.28.0.2/24" } },
    { gateway: "172.28.0.1/24" },
    { labels: { "a b": "x" } },
    { labels: { a: "x\ny" } },
    { options: { "-o": "x" } },
    { subnet: undefined },
  ];
  for (const given of refused)
    assert.throws(() => networkSchema.parse({ ...asked, ...given }), ZodError, JSON.stringify(given));
});

test("further subnets, and a parent that is the engine's own bridge, are not what was asked for", () => {
  const pools = { Config: [{ Subnet: "fd00:28::/64" }, ...(news.IPAM.Config ?? [])] };
  assert.deepEqual(differences({}, { IPAM: pools }), [
    "news: there are further subnets (fd00:28::/64), expected is one",
  ]);
  for (const parent of ["docker0", "br-0123456789ab", "lo"])
    assert.deepEqual(differences({}, { Options: { parent } }), [
      `news: parent is ${parent}, which is not an interface on the machine's network`,
    ]);
  const asAsked = { mode: "bridge", internal: false };
  assert.deepEqual(differences(asAsked), []);
  assert.deepEqual(differences(asAsked, { Internal: true }), ["news: internal is true, expected is false"]);
  for (const mode of ["private", "passthru", "vepa"])
    assert.deepEqual(differences(asAsked, { Options: { parent: "eth0", macvlan_mode: mode } }), [
      `news: mode is ${mode}, expected is bridge`,
    ]);
});
