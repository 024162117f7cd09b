import assert from "node:assert/strict";
import { test } from "node:test";
import { doorName, doorsOf, entranceNames } from "../../src/lab/entrance.ts";
import { parseLab } from "../../src/lab/load.ts";

const options = { knownPlaybooks: ["cluster", "nginx-nodeport"] };

function labOf(text: string) {
  const result = parseLab(text, "lab.yaml", options);
  assert.ok("lab" in result, JSON.stringify(result));
  return result.lab;
}

const doors = (text: string): string[] => doorsOf(labOf(text)).map(doorName);

test("`true` is an entrance at 127.0.0.1; without the key, and with `false`, there is none", () => {
  assert.deepEqual(labOf("entrance: true\n").entrance, { listen: "127.0.0.1" });
  assert.deepEqual(labOf("entrance: {}\n").entrance, { listen: "127.0.0.1" });
  for (const text of ["", "entrance: false\n"]) assert.ok(!("entrance" in labOf(text)));
  assert.deepEqual(doors(""), []);
});

test("there is a door for the API server, each NodePort and each machine", () => {
  assert.deepEqual(doors("entrance: true\n"), [
    "api-server",
    "node-port.30080",
    "ssh.cp",
    "ssh.w1",
    "ssh.w2",
  ]);
  assert.deepEqual(doors("entrance: { nodePorts: [] }\nplaybooks: [cluster]\n").slice(0, 2), [
    "api-server",
    "ssh.cp",
  ]);
  assert.deepEqual(
    doors("entrance: true\ncluster: { addons: [skipper] }\nplaybooks: [cluster]\n").slice(0, 2),
    ["api-server", "node-port.30081"],
  );
});

test("the way to a machine behind a jump host leads through the jump host", () => {
  const text = `entrance: true
playbooks: []
machines:
  - { name: jump_host, role: jump-host }
  - { name: app, role: app-server, via: jump_host }
`;
  assert.deepEqual(doors(text), ["ssh.jump_host"]);
});

test("the certificate has the names that it has not always", () => {
  assert.deepEqual(entranceNames(labOf("entrance: true\n")), []);
  assert.deepEqual(entranceNames(labOf("entrance: { listen: 192.0.2.10 }\n")), ["192.0.2.10"]);
  const open = "entrance: { listen: 0.0.0.0, name: lab.example.org }\n";
  assert.deepEqual(entranceNames(labOf(open)), ["lab.example.org"]);
});
