import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import type { Lab } from "../../src/lab/types.ts";
import { listenProblem } from "../../src/local/listen.ts";
import {
  choosePorts,
  keepPorts,
  keptPorts,
  numbered,
  portRecordIn,
  settledPorts,
} from "../../src/providers/entrance-ports.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";
import { lab } from "../support/steps.ts";

useOwnDataFolder();

const named = (name: string, entrance: Lab["entrance"] = { listen: "127.0.0.1" }): Lab => ({
  ...lab,
  name,
  ...(entrance && { entrance }),
});
const free = async () => true;

test("doors keep their ports, and a new one gets the lowest that is left", () => {
  const first = numbered(["api", "ssh.cp", "ssh.w1"], { first: 12_000, ports: {} });
  assert.deepEqual(first.ports, { api: 12_000, "ssh.cp": 12_001, "ssh.w1": 12_002 });
  const changed = numbered(["api", "node-port.30080", "ssh.w1", "ssh.w2"], first);
  assert.deepEqual(changed.ports, {
    api: 12_000,
    "node-port.30080": 12_001,
    "ssh.w1": 12_002,
    "ssh.w2": 12_003,
  });
});

test("a lab's ports are the same each time, and other labs have others", async () => {
  const one = await choosePorts(named("one"), undefined, free);
  assert.deepEqual(await choosePorts(named("one"), undefined, free), one);
  assert.ok(one.first >= 12_000 && one.first < 20_000 && one.first % 100 === 0, `${one.first}`);
  await keepPorts("one", one);
  assert.deepEqual(await keptPorts("one"), one);
  const others = await Promise.all(
    Array.from({ length: 200 }, (_, index) => choosePorts(named(`lab${index}`), undefined, free)),
  );
  assert.ok(others.every(({ first }) => first !== one.first));
});

test("the next block is taken if a port is not free, and none is an error", async () => {
  const { first } = await choosePorts(named("two"), undefined, free);
  const next = await choosePorts(named("two"), undefined, async ([port]) => port !== first);
  assert.ok(next.first === first + 100 || next.first === 12_000);
  await assert.rejects(
    choosePorts(named("two"), undefined, async () => false),
    { code: "entrance-no-ports" },
  );
});

test("what is kept is kept, until the lab file names another first port", async () => {
  const kept = { first: 12_000, ports: { "ssh.cp": 12_005 } };
  assert.equal((await choosePorts(named("three"), kept, async () => false)).ports["ssh.cp"], 12_005);
  const moved = settledPorts(named("three", { listen: "127.0.0.1", firstPort: 40_000 }), kept);
  assert.ok(Object.values(moved?.ports ?? {}).every((port) => port >= 40_000));
  assert.equal(settledPorts(named("three"), undefined), undefined);
});

test("a record that cannot be read counts as none", () => {
  for (const text of [undefined, "", "{", "[]", '{"first":"1"}']) assert.equal(portRecordIn(text), undefined);
});

test("a port that a program has, and an address that is not there, are told apart", async () => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  await promise;
  const place = server.address();
  assert.ok(typeof place === "object" && place);
  assert.equal(await listenProblem("127.0.0.1", place.port), "taken");
  server.close();
  assert.equal(await listenProblem("127.0.0.1", place.port), undefined);
  assert.equal(await listenProblem("203.0.113.77", 0), "no-address");
});
