import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { podServers, serverDifferences } from "../../src/linux/name-servers.ts";
import { said } from "../support/steps.ts";

let folder: string;
const host = localHost();
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-test-resolv-"));
});
after(() => rm(folder, { recursive: true }));

async function given(text: string): Promise<string[]> {
  const file = join(folder, "resolv.conf");
  await writeFile(file, text);
  const { stdout } = await host.run(podServers([join(folder, "absent"), file]));
  return stdout.trim().split("\n");
}

test("pods are given every name server that they reach, not only the first of the file", async () => {
  const text = `nameserver fe80::1%eth0
nameserver 127.0.0.53
nameserver 192.0.2.1
nameserver 2001:db8::1
nameserver 192.0.2.2
nameserver 192.0.2.1
nameserver 192.0.2.3
nameserver 192.0.2.4
search example.org
`;
  assert.deepEqual(await given(text), ["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
});

test("an engine's own resolver says in a comment where it asks, and without any server it is the gateway", async () => {
  const docker = "nameserver 127.0.0.11\n# ExtServers: [192.0.2.9 host(127.0.0.1)]\n";
  assert.deepEqual(await given(docker), ["192.0.2.9"]);
  assert.match((await given("nameserver fe80::1%eth0\n")).join(), /^(\d+(\.\d+){3})?$/);
});

test("servers that pods do not reach, or that do not answer them, are named", () => {
  const file = "/etc/labwright/resolv.conf";
  const differences = (text: string, asked = "") => serverDifferences(file, said(text), said(asked));
  assert.deepEqual(serverDifferences(file, said("", 1), said("")), [`${file} is missing`]);
  assert.match(
    differences("nameserver fe80::1%eth0\n").join(),
    /lists no name server that pods can reach: fe80::1%eth0/,
  );
  assert.match(differences("").join(), /none at all/);
  const two = "nameserver 192.0.2.1\nnameserver 192.0.2.2\n";
  assert.deepEqual(differences(two), [], "without a network none answers, and that is not a difference");
  assert.deepEqual(differences(two, "given answers 192.0.2.2\nother answers 192.0.2.2\n"), []);
  assert.match(
    differences(two, "other answers 192.0.2.3\n").join(),
    /none of the name servers that pods are given answers \(192\.0\.2\.1, 192\.0\.2\.2\), and 192\.0\.2\.3 would/,
  );
});
