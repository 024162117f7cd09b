import assert from "node:assert/strict";
import { test } from "node:test";
import type { MachineSet } from "../../src/lab/machine-set.ts";
import { hardwareAddress } from "../../src/providers/incus/instance.ts";
import {
  accessListName,
  instanceName,
  networkName,
  projectName,
  tunnelName,
} from "../../src/providers/incus/names.ts";
import { removeOldImages } from "../../src/providers/incus/old-images.ts";

test("a machine whose name cannot be an instance's gets another instance name", () => {
  assert.equal(instanceName("cp"), "cp");
  assert.match(instanceName("jump_host"), /^m-jump-host-[0-9a-f]{6}$/);
  assert.notEqual(instanceName("jump_host"), instanceName("jump-host"));
  assert.notEqual(instanceName("a_b-c"), instanceName("a-b_c"));
  for (const name of ["1st", "x".repeat(63), `${"long_".repeat(12)}end`, "end-", "_"])
    assert.match(instanceName(name), /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/, name);
});

test("a network's name fits an interface, also with a tunnel, and two labs never share one", () => {
  assert.equal(networkName({ name: "basics" }), "lw-basics");
  assert.equal(networkName({ name: "exactly-10" }), "lw-exactly-10");
  const long = ["a-lab-with-a-long-name", "a-lab-with-a-long-name-2"].map((name) => networkName({ name }));
  assert.notEqual(long[0], long[1]);
  for (const name of long) assert.ok(`${name}-${tunnelName}`.length <= 15, name);
});

test("a further set has its own project and network, with names that no lab's have", () => {
  assert.equal(projectName({ name: "basics" }), "labwright-basics");
  assert.equal(projectName({ name: "basics", set: "2" }), "labwright-basics.2");
  assert.equal(networkName({ name: "basics", set: "2" }), "lw-basics.2");
  const sets = ["1", "2", "3", "12"].flatMap((set) =>
    ["x", "x-2", "exactly-10"].map((name) => ({ name, set })),
  );
  const listName = (set: MachineSet) => accessListName(networkName(set));
  for (const nameOf of [networkName, projectName, listName])
    assert.equal(new Set(sets.map(nameOf)).size, sets.length);
  for (const set of sets) assert.ok(`${networkName(set)}-${tunnelName}`.length <= 15, set.name);
  // What the server says of another: "Name can only contain alphanumeric and hyphen characters".
  for (const set of sets) assert.match(listName(set), /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
  assert.match(networkName({ name: "exactly-10", set: "2" }), /^lw-exa\.[0-9a-f]{6}$/);
});

test("a machine created again at its address keeps its hardware address", () => {
  assert.equal(hardwareAddress("10.89.7.12"), "10:66:6a:59:07:0c");
  assert.notEqual(hardwareAddress("10.89.7.13"), hardwareAddress("10.89.7.12"));
});

test("of the machines' images the three newest stay, and none that is somebody else's goes", async () => {
  const image = (fingerprint: string, day: number, properties: Record<string, string>) => ({
    fingerprint,
    uploaded_at: `2026-11-0${day}T10:00:00.123456789Z`,
    properties,
  });
  const ours = (fingerprint: string, day: number) => image(fingerprint, day, { "user.labwright.build": "1" });
  const listed = [
    ours("a", 1),
    ours("e", 5),
    image("debian", 1, {}),
    image("docker", 1, { "user.labwright.software": "2" }),
    ours("c", 3),
    ours("b", 2),
    ours("d", 4),
  ];
  const ran: string[] = [];
  const incus: Parameters<typeof removeOldImages>[0] = {
    query: async (_path, schema) => schema.parse(listed),
    run: async (command) => String(ran.push(String(command))),
    at: (name) => `local:${name}`,
  };
  await removeOldImages(incus, "user.labwright.build");
  assert.deepEqual(ran, ["image delete local:b", "image delete local:a"]);
});
