import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const params = {
  network: "news",
  driver: "macvlan",
  subnet: "172.28.0.0/24",
  host: { interface: "news0", address: "172.28.0.253/24" },
};
/** As `docker network inspect` of Docker 20.10 prints it, as far as it is read. */
const network = (change: object = {}) =>
  json([
    {
      Name: "news",
      Driver: "macvlan",
      Internal: false,
      IPAM: { Driver: "default", Options: {}, Config: [{ Subnet: "172.28.0.0/24" }] },
      Options: { parent: "eth0" },
      Labels: {},
      ...change,
    },
  ]);
const link = (parent: string, local: string, kind = "macvlan") =>
  json([
    { ifname: "news0", link: parent, addr_info: [{ local, prefixlen: 24 }], linkinfo: { info_kind: kind } },
  ]);

export const cases: StepCases = {
  params,
  fresh: { differences: ["the Docker engine does not answer"] },
  right: {
    engine: said("20.10.24+dfsg1\n"),
    network: network(),
    names: said("news\nnews2\n"),
    host: link("eth0", "172.28.0.253"),
  },
  alsoRight: {
    "no interface is asked for": {
      params: { network: "news", driver: "macvlan", subnet: "172.28.0.0/24" },
      facts: { host: said("") },
    },
  },
  wrong: {
    "no network": {
      facts: { network: nothing, names: said("") },
      differences: ["there is no network news"],
    },
    "a network whose id begins with the name": {
      facts: { network: network({ Name: "other" }) },
      differences: ["there is no network news"],
    },
    "two networks of one name": {
      facts: { network: nothing, names: said("news\nnews\n") },
      differences: ["there are 2 networks news, expected is one"],
    },
    "another driver": {
      facts: { network: network({ Driver: "bridge" }) },
      differences: ["news: driver is bridge, expected is macvlan"],
    },
    "another interface": {
      facts: { host: link("eth1", "172.28.0.1", "dummy") },
      differences: [
        "news0 is not a macvlan interface",
        "news0 is on eth1, and the network on eth0",
        "news0: address is 172.28.0.1/24, expected is 172.28.0.253/24",
      ],
    },
    "no interface": { facts: { host: nothing }, differences: ["there is no interface news0"] },
    "an interface without an address": {
      facts: { host: json([{ link: "eth0", addr_info: [], linkinfo: { info_kind: "macvlan" } }]) },
      differences: ["news0: address is not set, expected is 172.28.0.253/24"],
    },
  },
  apply: {
    "a fresh engine": { facts: { engine: said("29.0.0\n") } },
    "a network with another driver": {
      on: "a right machine",
      facts: { network: network({ Driver: "bridge" }) },
    },
    "a right network without its interface": { on: "a right machine", facts: { host: nothing } },
    "a bridge": { params: { network: "shop" } },
    "a parent that is asked for": { params: { network: "news", driver: "macvlan", parent: "eth1" } },
  },
  undo: { "a right machine": {}, "a bridge": { params: { network: "shop" } } },
};
