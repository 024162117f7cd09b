import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKeyPair } from "../../../src/hosts/keys.ts";
import { cloudSchema } from "../../../src/lab/cloud.ts";
import { parseLab } from "../../../src/lab/load.ts";
import type { Lab } from "../../../src/lab/types.ts";
import type { CloudResource } from "../../../src/providers/pulumi/cloud.ts";
import { cloudError, failureIn } from "../../../src/providers/pulumi/errors.ts";
import { errorCodes } from "../../../src/providers/pulumi/hetzner/error-codes.ts";
import { planOf } from "../../../src/providers/pulumi/plan.ts";
import { hostKeyOf, hostKeyTag, ownerTag, timeOf, timeTag } from "../../../src/providers/pulumi/tags.ts";

const labOf = (text: string): Lab => {
  const parsed = parseLab(`provider: pulumi\n${text}`, "lab.yaml", {
    knownPlaybooks: ["cluster", "nginx-nodeport"],
  });
  assert.ok("lab" in parsed, JSON.stringify(parsed));
  return parsed.lab;
};

test("a host key comes back out of its tag, which the cloud can hold", () => {
  for (let i = 0; i < 50; i++) {
    const { publicKey } = generateKeyPair("machine");
    const text = hostKeyTag(publicKey);
    assert.match(text, /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
    assert.equal(hostKeyOf(text), publicKey.split(" ").slice(0, 2).join(" "));
  }
  assert.equal(hostKeyOf("ed25519.short"), undefined);
  assert.equal(hostKeyOf(undefined), undefined);
});

test("times and owners fit into tags", () => {
  const time = new Date("2026-11-21T08:45:00.000Z");
  assert.equal(timeTag(time), "20261121T084500Z");
  assert.deepEqual(timeOf(timeTag(time)), time);
  // `new Date("keep-2")` is a day of the year 2001, and "2027" one that is over soon.
  for (const text of ["soon", "keep-2", "2020", "2020-01-01", "2020-01-01T00:00:00Z", "20200230T000000Z", ""])
    assert.equal(timeOf(text), undefined, text);
  assert.equal(timeOf(undefined), undefined);
  assert.equal(ownerTag({ GITHUB_REPOSITORY: "me/my repo!" }), "me-my-repo");
});

test("what the plugin says in words is the same typed error as the API's own", () => {
  const said = "error: 1 error occurred: * server limit reached (resource_limit_exceeded, 5f0c12)";
  assert.equal(
    cloudError(errorCodes, { ...failureIn(errorCodes, said), doing: "x", said }).code,
    "cloud-quota",
  );
  const silent = 'error: Post "http://127.0.0.1:9/v1/servers": dial tcp: connect: connection refused';
  assert.equal(
    cloudError(errorCodes, { ...failureIn(errorCodes, silent), doing: "x", said: silent }).code,
    "cloud-silent",
  );
  assert.equal(failureIn(errorCodes, "error: program failed"), undefined);
});

const planFor = (text: string, resources: CloudResource[] = []) => {
  const lab = labOf(text);
  return planOf({
    lab,
    id: "0123456789abcdef",
    cloud: lab.cloud ?? cloudSchema.parse({}),
    resolved: { image: "debian-12", zone: "eu-central", architecture: "amd64" },
    publicKey: "ssh-ed25519 AAAA lab",
    resources,
    allowFrom: ["203.0.113.7/32"],
    adopt: {},
    environment: { LABWRIGHT_OWNER: "me" },
    now: new Date("2026-11-21T08:45:00Z"),
  });
};

test("everything is tagged with lab, id, owner and expiry, and the firewall opens what the lab file says", () => {
  const plan = planFor("name: ci\ncloud: { expiry: 30m, nodePortsFrom: [0.0.0.0/0] }");
  assert.deepEqual(plan.tags, {
    "labwright-lab": "ci",
    "labwright-id": "0123456789abcdef",
    "labwright-owner": "me",
    "labwright-expiry": "20261121T091500Z",
  });
  assert.deepEqual(
    plan.openings.map(({ port, from }) => [port, from.join()]),
    [
      ["22", "203.0.113.7/32"],
      ["6443", "203.0.113.7/32"],
      ["30000-32767", "0.0.0.0/0"],
    ],
  );
});

test("a server's user data has the private half of the host key whose public half is its tag", () => {
  const [server] = planFor("machines: [{ name: cp, role: control-plane }]").servers;
  const config = JSON.parse(server?.userData.replace("#cloud-config\n", "") ?? "");
  assert.equal(hostKeyTag(config.ssh_keys.ed25519_public), server?.tags["labwright-host-key"]);
  assert.equal(config.ssh_pwauth, false);
  // Images of AWS would else have root told to log in as `admin`, whom an entry `default` would make.
  assert.equal(config.disable_root, false);
  assert.deepEqual(config.users.length, 1);
  assert.ok((server?.userData.length ?? 0) < 16_384, "EC2 takes no more");
  assert.deepEqual(config.users[0].ssh_authorized_keys, ["ssh-ed25519 AAAA lab"]);
});

test("what sshd is told at the first boot is read after what the lab file asks for, and in another file", () => {
  const [server] = planFor("machines: [{ name: cp, role: control-plane }]").servers;
  const [file] = JSON.parse(server?.userData.replace("#cloud-config\n", "") ?? "").write_files;
  assert.match(file.content, /MaxSessions 100/);
  assert.ok(file.path > "/etc/ssh/sshd_config.d/10-labwright.conf", file.path);
});

test("no machine calls itself what hostname(1) does not take", () => {
  const machines = "[{ name: jump_host, role: jump-host }, { name: cp, role: control-plane }]";
  const hostnames = planFor(`machines: ${machines}`).servers.map(
    (server) => JSON.parse(server.userData.replace("#cloud-config\n", "")).hostname,
  );
  assert.deepEqual(hostnames, ["jump-host", "cp"]);
});

test("user data makes no login user and has no password: those come later, over SSH", () => {
  const [server] = planFor(
    "machines: [{ name: cp, role: control-plane, user: tony, sudo: password }]",
  ).servers;
  assert.doesNotMatch(server?.userData ?? "", /tony|chpasswd/);
});

test("a machine that exists keeps its address, its host key and the lab's expiry", () => {
  const tags = {
    "labwright-lab": "basics",
    "labwright-machine": "cp",
    "labwright-host-key": "ed25519.kept",
    "labwright-logins": "d1gest",
    "labwright-expiry": "20261121T100000Z",
  };
  const server = { running: true, publicAddress: "198.51.100.1", privateAddress: "10.88.0.11" };
  const cp: CloudResource = {
    kind: "server",
    id: "1",
    name: "labwright-basics-cp",
    tags,
    server,
  };
  const plan = planFor("machines: [{ name: w, role: worker }, { name: cp, role: control-plane }]", [cp]);
  assert.deepEqual(
    plan.servers.map(({ machine, privateAddress }) => [machine, privateAddress]),
    [
      ["w", "10.88.0.10"],
      ["cp", "10.88.0.11"],
    ],
  );
  assert.equal(plan.servers[1]?.tags["labwright-host-key"], "ed25519.kept");
  assert.deepEqual(
    plan.servers.map(({ tags }) => tags["labwright-logins"]),
    [undefined, "d1gest"],
  );
  assert.equal(plan.tags["labwright-expiry"], "20261121T100000Z");
});

test("what a person has written in place of an expiry stays", () => {
  const kept = { kind: "network", id: "1", name: "n", tags: { "labwright-expiry": "keep-2" } } as const;
  assert.equal(planFor("name: ci", [kept]).tags["labwright-expiry"], "keep-2");
});

test("a name with an underscore becomes a server's name that no other machine has", () => {
  const machines =
    "[{ name: jump_host, role: jump-host }, { name: jump-host, role: jump-host }, { name: cp, role: control-plane }]";
  const names = planFor(`machines: ${machines}`).servers.map(({ name }) => name);
  assert.equal(new Set(names).size, 3);
  assert.ok(
    names.every((name) => /^[a-z0-9-]+$/.test(name)),
    names.join(),
  );
});
