import assert from "node:assert/strict";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pulumiAtHand } from "../../src/artifacts/modules/pulumi.ts";
import { sh } from "../../src/hosts/sh.ts";
import { connect } from "../../src/hosts/ssh.ts";
import { credentialsFile } from "../../src/paths.ts";
import { keptCredentials } from "../../src/providers/credentials.ts";
import { open } from "../../src/providers/pulumi/provider.ts";
import type { MachineInfo } from "../../src/providers/types.ts";
import { on } from "../contract/providers-look.ts";
import { containerComputers } from "./containers.ts";
import { enterCloud } from "./environment.ts";
import { killedAt } from "./killed.ts";
import { createIn, jumpMachines, labIn, quiet } from "./lab.ts";
import type { CloudService } from "./service.ts";

const computers = (await pulumiAtHand()) ? await containerComputers() : undefined;
const skip =
  computers === undefined && "no compiled Pulumi, or no Docker engine whose containers can be reached";

let service: CloudService;
let folder: string;

let leave = async (): Promise<void> => {};

before(async () => {
  if (!computers) return;
  ({ service, folder, leave } = await enterCloud(computers));
});
after(() => leave());

const labOf = (name: string) => labIn(name, undefined, jumpMachines);
const running = (found: readonly MachineInfo[]) =>
  found.flatMap(({ name, running, lacks }) => (running && !lacks ? [name] : [])).sort();
const findIn = async (name: string) => (await open(labOf(name))).list();
const both = ["cp", "jump_host"];

function named(found: readonly MachineInfo[], name: string): MachineInfo {
  const one = found.find((machine) => machine.name === name);
  assert.ok(one, name);
  return one;
}

/** Through the jump host, as thor, to tony, who becomes root by the password and in no other way. */
async function assertLogins(found: readonly MachineInfo[]): Promise<void> {
  const cp = named(found, "cp");
  assert.deepEqual([cp.access.user, cp.access.host, cp.access.via?.user], ["tony", cp.address, "thor"]);
  assert.equal(await on(cp, sh`id -un; uname -n`), "root\ncp");
  assert.equal(
    await on(cp, sh`runuser -u tony -- sudo -n true 2>&1 || true`),
    "sudo: a password is required",
  );
  const { privateKey, sudo, ...access } = cp.access;
  assert.ok(privateKey && sudo.kind === "password");
  // Passwords open sshd only once the step ssh-login was there.
  await on(
    cp,
    sh`echo 'PasswordAuthentication yes' >/etc/ssh/sshd_config.d/10-test.conf; systemctl reload ssh`,
  );
  await (await connect("cp", { ...access, sudo, password: sudo.password })).close();
  assert.equal(
    await on(named(found, "jump_host"), sh`id -un; sudo -n true 2>/dev/null || echo no`),
    "thor\nno",
  );
}

describe("logins in a cloud", { skip }, () => {
  test("a jump host without sudo, and behind it a machine that asks for a password", async () => {
    const found = await createIn(labOf("one"));
    assert.deepEqual(running(found), both);
    await assertLogins(found);
    const cp = named(found, "cp");
    assert.equal(await on(cp, sh`/usr/sbin/sshd -T | grep maxsessions`), "maxsessions 100");
    assert.equal(await on(cp, sh`grep -c tony /var/lib/cloud/instance/user-data.txt || true`), "0");
  });

  test("Pulumi leaves what says that the logins are there", async () => {
    service.calls.length = 0;
    await (await open(labOf("one"))).make({ activity: quiet, signal: AbortSignal.any([]) });
    assert.deepEqual(
      service.calls.filter((call) => !call.startsWith("GET")),
      [],
    );
    assert.deepEqual(running(await findIn("one")), both);
  });

  test("passwords stand in the credentials file alone: not in the state, not in the cloud, not in user data", async () => {
    const words = Object.values(await keptCredentials("one")).flatMap((users) => Object.values(users));
    assert.equal(words.length, 1);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    const having = files.filter((_, index) => words.some((word) => texts[index]?.includes(word)));
    assert.deepEqual(having, [credentialsFile("one")]);
    const things = Object.values(service.cloud.things).map((some) => JSON.stringify([...some.values()]));
    for (const word of words) assert.ok(!things.join().includes(word));
    const cp = named(await findIn("one"), "cp");
    const userData = await on(cp, sh`cat /var/lib/cloud/instance/user-data.txt`);
    for (const word of words) assert.ok(userData !== "" && !userData.includes(word));
  });

  test("lost passwords are made and set again", async () => {
    await rm(credentialsFile("one"));
    assert.deepEqual(running(await findIn("one")), ["jump_host"]);
    await assertLogins(await createIn(labOf("one")));
    await (await open(labOf("one"))).destroy(quiet);
  });

  test("killed after the boot and before that is written down: the next run gives the logins", async () => {
    await killedAt(service, ["two", "logins"], { method: "PUT", path: /^\/servers\/\d+$/ }, false);
    service.faults.length = 0;
    assert.notDeepEqual(running(await findIn("two")), both);
    await assertLogins(await createIn(labOf("two")));
    await (await open(labOf("two"))).destroy(quiet);
    assert.deepEqual(service.cloud.list(), []);
  });
});
