import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { NodePorts } from "../../src/commands/board/node-ports.ts";
import { connectionsOf, freePort, makeUser, noSshd, suiteSshd } from "../contract/hosts-sshd.ts";
import { type LabSite, startSite } from "../support/lab-site.ts";

/** NodePorts are below the ports that Linux gives to outgoing connections. */
async function siteAtNodePort(): Promise<LabSite> {
  for (let port = 32_000 + (process.pid % 500); port < 32_767; port++) {
    const site = await startSite((_, response) => response.end("hello"), port).catch(() => undefined);
    if (site) return site;
  }
  throw new Error("all NodePorts are taken");
}

describe("NodePorts through the sshd of a node", { skip: noSshd }, () => {
  const sshd = suiteSshd();
  let site: LabSite;
  let node: { name: string; address: string; access: ReturnType<ReturnType<typeof sshd>["access"]> };
  let looks = 0;
  const portsOf = (nodes: () => readonly (typeof node)[], times = { fresh: 10_000, failed: 10_000 }) =>
    new NodePorts(async () => {
      looks += 1;
      return nodes();
    }, times);
  before(async () => {
    site = await siteAtNodePort();
    node = { name: "cp", address: "127.0.0.1", access: sshd().access(makeUser(sshd(), "nodeports")) };
  });
  after(() => site.stop());

  async function get(ports: NodePorts, port: number): Promise<string> {
    const stream = await ports.connect("alice", port);
    const asked = request({ createConnection: () => stream }).end();
    const [answer]: IncomingMessage[] = await once(asked, "response");
    const body = answer ? await text(answer) : "";
    stream.destroy();
    return body;
  }

  const logins = () => sshd().log().split("Accepted publickey").length - 1;
  const isLoggedIn = () => connectionsOf(sshd().pid).length > 0;
  async function untilLoggedOut(): Promise<void> {
    for (let waited = 0; isLoggedIn(); waited += 20) {
      assert.ok(waited < 10_000, "in time");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test("requests at once share one login, which ends with the board", async () => {
    const [lookedBefore, loginsBefore] = [looks, logins()];
    const ports = portsOf(() => [node]);
    const many = await Promise.all(Array.from({ length: 8 }, () => get(ports, site.port)));
    assert.deepEqual([...new Set(many)], ["hello"]);
    assert.deepEqual([looks - lookedBefore, logins() - loginsBefore], [1, 1]);
    assert.ok(isLoggedIn());
    ports.close();
    await untilLoggedOut();
  });

  test("a login is used for a while, and ends with its last connection", async () => {
    const ports = portsOf(() => [node], { fresh: 1, failed: 10_000 });
    const before = looks;
    const first = await ports.connect("alice", site.port);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await get(ports, site.port), "hello");
    assert.equal(looks - before, 2, "the lab is asked for its nodes again");
    assert.ok(isLoggedIn() && !first.destroyed, "what is open goes on");
    first.destroy();
    await untilLoggedOut();
  });

  test("a board that ends while a connection is being made leaves no login", async () => {
    const ports = portsOf(() => [node]);
    const before = logins();
    const connecting = ports.connect("alice", site.port);
    ports.close();
    await connecting.then(
      (stream) => stream.destroy(),
      () => {},
    );
    await untilLoggedOut();
    assert.equal(logins() - before, 1, "it was being made");
  });

  test("a node that is off or refuses is passed over, and each is named if all do", async () => {
    const dead = { ...node, name: "off", access: { ...node.access, port: await freePort() } };
    const ports = portsOf(() => [dead, node]);
    assert.equal(await get(ports, site.port), "hello");
    await assert.rejects(ports.connect("alice", 31_999), {
      code: "node-port-closed",
      message:
        /^no node of the lab has let the board connect to port 31999: off: could not connect .*; cp: .*refused/,
      remedy: /`kubectl get services,endpointslices`/,
    });
    ports.close();
    const none = portsOf(() => []);
    await assert.rejects(none.connect("alice", site.port), { code: "machine-absent" });
  });

  test("after a failure the lab is asked for its nodes again, but not each time", async () => {
    let nodes = [{ ...node, access: { ...node.access, port: await freePort() } }];
    const hasty = portsOf(() => nodes);
    const before = looks;
    for (let tries = 0; tries < 5; tries++)
      await assert.rejects(hasty.connect("alice", site.port), { code: "node-port-closed" });
    assert.equal(looks - before, 1);
    const ports = portsOf(() => nodes, { fresh: 10_000, failed: 1 });
    await assert.rejects(ports.connect("alice", site.port), { code: "node-port-closed" });
    nodes = [node];
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await get(ports, site.port), "hello");
    ports.close();
  });

  test("no other port is connected to, and the lab is not even asked", async () => {
    const ports = portsOf(() => [node]);
    const before = looks;
    for (const port of [22, 29_999, 32_768, 30_080.5, Number.NaN])
      await assert.rejects(ports.connect("alice", port), { code: "not-a-node-port" });
    assert.equal(looks, before);
  });
});
