import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointRefusals } from "../../../src/providers/ssh/endpoint.ts";
import { checkContextOf } from "../../support/steps.ts";

const { lab, machine } = checkContextOf("cp");
const host = (name: string, address: string, network: string) => ({
  machine: { ...machine, name },
  seen: { address, networks: [{ link: "eth0", network }], mounts: [] } as never,
});
const hosts = [
  host("cp1", "192.0.2.11", "192.0.2.11/24"),
  host("cp2", "192.0.2.12", "192.0.2.12/24"),
  host("cp3", "192.0.2.140", "192.0.2.140/25"),
];

const messages = (controlPlaneEndpoint: string): string[] =>
  endpointRefusals({ ...lab, cluster: { ...lab.cluster, controlPlaneEndpoint } }, hosts).map(
    ({ message }) => message,
  );

test("an address that moves has to be in the network of each control plane", () => {
  assert.deepEqual(messages("192.0.2.200"), []);
  assert.deepEqual(messages("192.0.2.9"), [
    "the address 192.0.2.9 of the API server is not in the network 192.0.2.140/25 of cp3 (eth0)",
  ]);
  assert.deepEqual(endpointRefusals(lab, hosts), []);
});

test("it cannot be the address of a host", () => {
  assert.deepEqual(messages("192.0.2.12"), [
    "the address 192.0.2.12 of the API server is in use: it is the address of cp2",
  ]);
});
