import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { generateKeyPair } from "../../../src/hosts/keys.ts";
import type { Access } from "../../../src/hosts/types.ts";
import type { Lab, Machine } from "../../../src/lab/types.ts";
import { labFolder } from "../../../src/paths.ts";
import { dropTaken, keepTaken } from "../../../src/providers/ssh/records.ts";
import { madeWith, takenFile, takenHosts } from "../../../src/providers/ssh/taken.ts";
import { accessBy } from "../../../src/providers/ssh/way.ts";
import { checkContextOf } from "../../support/steps.ts";

const data = process.env.XDG_DATA_HOME;
let folder: string;
const key = generateKeyPair("taken");
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-taken-"));
  process.env.XDG_DATA_HOME = folder;
  await writeFile(join(folder, "id"), key.privateKey, { mode: 0o600 });
});
after(async () => {
  if (data === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = data;
  await rm(folder, { recursive: true });
});

const lab: Lab = { ...checkContextOf("cp").lab, name: "taken", provider: "ssh", playbooks: [] };
const machine: Machine = { name: "w", role: "worker", user: "tony", sudo: "password", host: "192.0.2.1" };
const since = "2026-11-29T00:00:00.000Z";

async function access(): Promise<Access> {
  const knownHosts = join(labFolder(lab.name), "known_hosts");
  await mkdir(labFolder(lab.name), { recursive: true });
  await writeFile(knownHosts, "192.0.2.1 ssh-ed25519 AAAAw\n[192.0.2.9]:2222 ssh-ed25519 AAAAj\n");
  const identities = {
    agent: "/no/such/socket",
    only: true,
    files: [{ path: join(folder, "id"), publicKey: key.publicKey, privateKey: key.privateKey }],
  };
  const own = { identities, knownHosts, pinLater: true as const };
  return {
    ...{ ...own, host: "192.0.2.1", port: 22, user: "tony" },
    sudo: { kind: "password", password: "not to be kept" },
    via: { ...own, host: "192.0.2.9", port: 2222, user: "thor", sudo: { kind: "none" } },
  };
}

test("the way to a taken host is kept with its jump host and its pins, without a key or a password", async () => {
  const there = await access();
  await keepTaken(lab, [{ machine, access: there, since }]);
  const text = await readFile(takenFile(lab.name), "utf8");
  assert.doesNotMatch(text, /PRIVATE KEY|not to be kept/);
  assert.equal((await stat(takenFile(lab.name))).mode & 0o777, 0o600);
  const [taken] = await takenHosts(lab.name);
  assert.ok(taken);
  process.env.SSH_AUTH_SOCK = "/another/session";
  const again = await accessBy(taken.way, there.knownHosts ?? "", "given again");
  assert.deepEqual(again.sudo, { kind: "password", password: "given again" });
  assert.deepEqual([again.host, again.port, again.user], ["192.0.2.1", 22, "tony"]);
  assert.deepEqual(again.hostKeys, ["ssh-ed25519 AAAAw"]);
  assert.deepEqual([again.via?.host, again.via?.port, again.via?.user], ["192.0.2.9", 2222, "thor"]);
  assert.deepEqual(again.via?.hostKeys, ["ssh-ed25519 AAAAj"]);
  assert.equal(again.identities?.files[0]?.privateKey, key.privateKey);
  assert.equal(again.identities?.agent, "/another/session", "each session has its own socket");
});

test("what was made there by each lab file is kept once, the newest last, and a new place does not count", async () => {
  const there = await access();
  const made = async () =>
    (await takenHosts(lab.name)).map((one) => one.made.map((each) => each.machine.role));
  await keepTaken(lab, [{ machine, access: there, since }]);
  await keepTaken(lab, [{ machine: { ...machine, role: "app-server" }, access: there, since }]);
  assert.deepEqual(await made(), [["worker", "app-server"]]);
  const moved = { ...machine, host: "192.0.2.2" };
  await keepTaken(lab, [{ machine: moved, access: { ...there, host: "192.0.2.2" }, since }]);
  assert.deepEqual(await made(), [["app-server", "worker"]]);
  const [taken] = await takenHosts(lab.name);
  assert.equal(taken?.way.host, "192.0.2.2", "the mark's time says that it is the same host");
  await keepTaken(lab, [{ machine, access: there, since: "2026-11-30T00:00:00.000Z" }]);
  assert.equal((await takenHosts(lab.name)).length, 2, "another host of that name");
  await dropTaken(lab.name, await takenHosts(lab.name));
  await assert.rejects(stat(takenFile(lab.name)), { code: "ENOENT" });
});

test("what was made is the same in whatever order a file has its members, and another if one differs", () => {
  const made = { machine, playbooks: ["cluster"], cluster: lab.cluster };
  const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse());
  const turned = JSON.parse(JSON.stringify({ ...reversed(made), machine: reversed(machine) }));
  assert.deepEqual(madeWith([turned], made), [made]);
  const other = { ...made, cluster: { ...lab.cluster, version: "1.35" } };
  assert.deepEqual(madeWith([turned], other), [turned, other]);
});

test("a file that cannot be read is an error, and not a lab without hosts", async () => {
  for (const text of ["", "{", "{}", '[{"machine":"w"}]']) {
    await writeFile(takenFile(lab.name), text);
    await assert.rejects(takenHosts(lab.name), { code: "taken-hosts-broken" }, text);
  }
});
