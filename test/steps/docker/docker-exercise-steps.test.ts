import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { emptyStore } from "../../../src/artifacts/lazy.ts";
import type { BoundStep, Scene, Site } from "../../../src/engine/step.ts";
import type { Command } from "../../../src/hosts/sh.ts";
import type { Host, Output } from "../../../src/hosts/types.ts";
import { ensureLabId } from "../../../src/lab/identity.ts";
import { loadStep } from "../../../src/steps/registry.ts";
import { nothing, sceneOf, stepOf } from "../../support/steps.ts";

const folder = await mkdtemp(join(tmpdir(), "lwtest-docker-steps-"));
after(() => rm(folder, { recursive: true, force: true }));
process.env.XDG_DATA_HOME = folder;

const said = (stdout: string, code = 0): Output => ({ code, stdout, stderr: "" });
const scene = {} as Scene;

async function bound(name: string, params: unknown): Promise<BoundStep> {
  const step = await loadStep(name);
  assert.ok(step);
  return step.bind(params, emptyStore);
}

test("docker-reach: who must reach whom, and who must not, follows from the groups", async () => {
  const step = await bound("docker-reach", { groups: [["a", "b"], ["c"]] });
  const running = said("/a true\n/b true\n/c true\n");
  const check = (reached: string, up = running) => step.check({ running: up, reached: said(reached) }, scene);
  assert.deepEqual(check("a b\nb a\n"), []);
  assert.deepEqual(check("a b\nb a\nc a\n"), ["c reaches a, and should not"]);
  assert.deepEqual(check("a b\n"), ["b does not reach a"]);
  assert.deepEqual(check("a b\nb a\n", said("/a true\n/b true\n")), ["the container c does not run"]);
  await assert.rejects(bound("docker-reach", { groups: [["a"], ["a"]] }));
  await assert.rejects(bound("docker-reach", { groups: [["a"], ["$(id)"]] }));
});

test("docker-connected: on that network, and on no other", async () => {
  const step = await bound("docker-connected", { network: "shop", containers: ["web", "db"] });
  const check = (web: Output) => step.check({ web, db: said("shop\n\n") }, scene);
  assert.deepEqual(check(said("shop\n\n")), []);
  assert.deepEqual(check(said("bridge\nshop\n")), ["web is on the network bridge too"]);
  assert.deepEqual(check(said("shop2\n")), [
    "web is not on the network shop",
    "web is on the network shop2 too",
  ]);
  assert.deepEqual(check(said("", 1)), ["there is no container web"]);
  const original = await bound("docker-connected", { network: "shop", containers: ["web"], original: true });
  const made = (names: string) =>
    original.check({ web: said("shop\n"), "made by labwright": said(names) }, scene);
  assert.deepEqual(made("db\nweb\n"), []);
  assert.deepEqual(made("db\nwebber\n"), ["web is not the container that was there"]);
});

test("docker-container: another image and a stopped one are told", async () => {
  const step = await bound("docker-container", { container: "web", image: "web:1" });
  const check = (image: string, running: boolean) =>
    step.check(
      { found: said(JSON.stringify([{ Config: { Image: image }, State: { Running: running } }])) },
      scene,
    );
  assert.deepEqual(check("web:1", true), []);
  assert.deepEqual(check("web:2", false), [
    "web runs web:2, expected is web:1",
    "the container web does not run",
  ]);
});

test("what steps make on an engine carries the lab's name, id and owner", async () => {
  const id = await ensureLabId("basics");
  for (const [name, params] of [
    ["docker-container", { container: "web", image: "web:1" }],
    ["docker-network", { network: "shop" }],
  ] as const) {
    const ran: string[] = [];
    const host = {
      run: async (command: Command) => {
        ran.push(command.reveal());
        return nothing;
      },
    } as unknown as Host;
    const site = sceneOf("cp") as Site;
    await (await bound(name, params)).apply?.(host, site, { network: nothing, engine: said("29") });
    const command = ran.join("\n");
    for (const label of ["labwright.lab=basics", `labwright.id=${id}`, "labwright.owner="])
      assert.ok(
        command.includes(`--label ${label}`) || command.includes(`--label '${label}`),
        `${label}: ${command}`,
      );
  }
});

test("docker-network: two networks of one name are said to be two", async () => {
  const step = await stepOf("docker-network", { network: "news" });
  const facts = { engine: said("29"), network: said("", 1), names: said("news\nnews\n"), host: nothing };
  assert.deepEqual(step.check(facts, scene), ["there are 2 networks news, expected is one"]);
});

test("docker-network: the interface for the host is compared with the network's parent and the address asked for", async () => {
  const step = await bound("docker-network", {
    network: "news",
    driver: "macvlan",
    host: { interface: "news0", address: "172.28.0.253/24" },
  });
  const network = said(
    JSON.stringify([
      {
        Name: "news",
        Driver: "macvlan",
        Internal: false,
        IPAM: { Config: [] },
        Options: { parent: "eth0" },
        Labels: {},
      },
    ]),
  );
  const link = (name: string, local: string, kind = "macvlan") =>
    said(
      JSON.stringify([{ link: name, addr_info: [{ local, prefixlen: 24 }], linkinfo: { info_kind: kind } }]),
    );
  const check = (host: Output, found = network) =>
    step.check({ engine: said("29"), network: found, names: said("news\nnews2\n"), host }, scene);
  assert.deepEqual(check(link("eth0", "172.28.0.253")), []);
  assert.deepEqual(check(link("eth1", "172.28.0.1", "dummy")), [
    "news0 is no macvlan interface",
    "news0 is on eth1, and the network on eth0",
    "news0: address is 172.28.0.1/24, expected is 172.28.0.253/24",
  ]);
  assert.deepEqual(check(said("", 1)), ["there is no interface news0"]);
  const byId = said(network.stdout.replace("news", "other"));
  assert.deepEqual(check(link("eth0", "172.28.0.253"), byId), ["there is no network news"]);
});

test("file: kind, owner, mode and content, each only where it is asked for", async () => {
  const step = await bound("file", { path: "/root/x", content: "a\n", owner: "tony", mode: "600" });
  const check = (state: string, content = "a\n") =>
    step.check({ state: said(state), content: said(content) }, scene);
  assert.deepEqual(check("regular file/tony/0600\n"), []);
  assert.deepEqual(check("regular file/root/0644\n", "b\n"), [
    "/root/x: its owner is root, expected is tony",
    "/root/x: its mode is 0644, expected is 0600",
    "/root/x has another content than expected",
  ]);
  assert.deepEqual(check("directory/tony/0600\n"), ["/root/x is a directory, not a file"]);
  for (const path of ["x", "/", "/a/../b", "/a\nb", "/a/"])
    await assert.rejects(bound("file", { path }), path);
});
