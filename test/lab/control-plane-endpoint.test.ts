import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointOf } from "../../src/lab/control-plane-endpoint.ts";
import { parseLab } from "../../src/lab/load.ts";

const planes = "machines: [{ name: cp, role: control-plane, count: 3 }]";

function labOf(text: string) {
  const parsed = parseLab(text, "lab.yaml", { knownPlaybooks: ["cluster", "nginx-nodeport"] });
  assert.ok("lab" in parsed, JSON.stringify(parsed));
  return parsed.lab;
}

test("auto is an address before the machines', in the network of the lab file or of the provider", () => {
  const auto = `${planes}\ncluster: { controlPlaneEndpoint: auto }`;
  assert.equal(endpointOf(labOf(auto), "10.89.7.11"), "10.89.7.9");
  assert.equal(endpointOf(labOf(auto), undefined), undefined);
  const given = labOf(`${auto}\nnetwork: { subnet: 192.168.210.64/27 }`);
  assert.equal(endpointOf(given, "192.168.210.74"), "192.168.210.73");
  assert.equal(endpointOf(given, undefined), "192.168.210.73");
});

test("existing hosts have the address of the lab file, and without one there is none", () => {
  const hosts = [1, 2, 3].map((n) => `{ name: cp${n}, role: control-plane, host: 192.0.2.1${n} }`).join(", ");
  const lab = labOf(`provider: ssh\nmachines: [${hosts}]\ncluster: { controlPlaneEndpoint: 192.0.2.9 }`);
  assert.equal(endpointOf(lab, "192.0.2.11"), "192.0.2.9");
  assert.equal(endpointOf(labOf(""), "10.89.7.11"), undefined);
});
