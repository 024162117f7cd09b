import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { generateKeyPair } from "../../src/hosts/keys.ts";
import { parseLab } from "../../src/lab/load.ts";
import type { Lab } from "../../src/lab/types.ts";
import { accessOf, loginUsers } from "../../src/providers/ssh/access.ts";
import { sshAgent } from "../support/agent.ts";
import { makeUser, noSshd, removeLeftovers, type Sshd, startSshd } from "./hosts-sshd.ts";
import { whoami } from "./hosts-whoami.ts";

const labOf = (machines: string): Lab => {
  const plane = "  - { name: plane, role: control-plane, user: root, host: plane.other }";
  const text = `name: cfg\nprovider: ssh\nmachines:\n${plane}\n${machines}\nplaybooks: []\n`;
  const result = parseLab(text, "lab.yaml", { knownPlaybooks: [] });
  assert.ok("lab" in result, JSON.stringify(result));
  return result.lab;
};

describe("the person's own ~/.ssh/config", { skip: noSshd }, () => {
  let near: Sshd;
  let far: Sshd;
  let home: string;
  let user: string;
  const before_ = { HOME: process.env.HOME, SSH_AUTH_SOCK: process.env.SSH_AUTH_SOCK };

  before(async () => {
    removeLeftovers();
    [near, far] = await Promise.all([startSshd(), startSshd()]);
    user = makeUser(near, "cfg");
    home = mkdtempSync(join(tmpdir(), "lwtest-home-"));
    mkdirSync(join(home, ".ssh"), { mode: 0o700 });
    for (const [name, sshd] of Object.entries({ near, far }))
      writeFileSync(join(home, ".ssh", name), sshd.access(user).privateKey ?? "", { mode: 0o600 });
    process.env.HOME = home;
    delete process.env.SSH_AUTH_SOCK;
  });
  after(async () => {
    Object.assign(process.env, before_);
    if (before_.SSH_AUTH_SOCK === undefined) delete process.env.SSH_AUTH_SOCK;
    rmSync(home, { recursive: true, force: true });
    removeLeftovers();
    await Promise.all([near.stop(), far.stop()]);
  });

  const config = (text: string) => writeFileSync(join(home, ".ssh", "config"), text, { mode: 0o600 });
  const whoIs = async (lab: Lab, name: string): Promise<string> => {
    const access = (await accessOf(lab, new Map())).accesses.get(name);
    assert.ok(access);
    return whoami(access, name);
  };
  const block = (name: string, sshd: Sshd, key: string, more = "") =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${user}\n  IdentityFile ~/.ssh/${key}\n  IdentitiesOnly yes\n${more}`;
  const cp = "  - { name: cp, role: plain, sudo: none, host: cp.example }";

  test("HostName, Port, User and IdentityFile of a pattern, but not where it is negated", async () => {
    config(block("*.example !bad.example", near, "near"));
    const lab = labOf(cp);
    assert.deepEqual(await loginUsers(lab.machines), new Map([["cp", user]]));
    const named = labOf(cp.replace("sudo", `user: ${user}, sudo`));
    assert.equal(await whoIs(named, "cp"), user);
    assert.deepEqual(await loginUsers(labOf(cp.replace("cp.example", "bad.example")).machines), new Map());
  });

  test("what the lab file says wins", async () => {
    config(block("cp.example", far, "near"));
    const { port } = near;
    const lab = labOf(`  - { name: cp, role: plain, user: root, sudo: none, host: "cp.example:${port}" }`);
    assert.equal(await whoIs(lab, "cp"), "root");
  });

  test("ProxyJump through two hops, each with its own block, out of an included file", async () => {
    writeFileSync(join(home, ".ssh", "more"), `${block("one", near, "near")}\n${block("two", far, "far")}`);
    config(`Include more\n${block("cp.example", near, "near", `  ProxyJump one,${user}@two:${far.port}\n`)}`);
    const lab = labOf(cp.replace("sudo", `user: ${user}, sudo`));
    const { accesses } = await accessOf(lab, new Map());
    assert.deepEqual(
      [accesses.get("cp"), accesses.get("cp")?.via, accesses.get("cp")?.via?.via].map((one) => one?.port),
      [near.port, far.port, near.port],
    );
    const seen = near.log().split("Accepted publickey").length;
    assert.equal(await whoIs(lab, "cp"), user);
    assert.match(far.log(), new RegExp(`Accepted publickey for ${user}`));
    assert.equal(near.log().split("Accepted publickey").length - seen, 2);
  });

  test("the first hop's own ProxyJump counts, and a circle is an error", async () => {
    config(`${block("two", far, "far", "  ProxyJump one\n")}\n${block("one", near, "near")}
${block("cp.example", near, "near", "  ProxyJump two\n")}`);
    assert.equal(await whoIs(labOf(cp.replace("sudo", `user: ${user}, sudo`)), "cp"), user);
    config("Host *\n  ProxyJump one\n");
    await assert.rejects(accessOf(labOf(cp), new Map()), { code: "ssh-config", output: /jumphost loop/ });
    config("Host one\n  ProxyJump two\nHost *\n  ProxyJump one\n");
    await assert.rejects(accessOf(labOf(cp), new Map()), { code: "ssh-config", message: /in a circle/ });
  });

  test("an agent with more keys than sshd lets us try: those of the files come first, or alone", async () => {
    const agent = await sshAgent(generateKeyPair("other").privateKey);
    try {
      for (let more = 0; more < 7; more++) agent.add(generateKeyPair(`other ${more}`).privateKey);
      agent.add(near.access(user).privateKey ?? "");
      process.env.SSH_AUTH_SOCK = agent.socket;
      const lab = labOf(cp.replace("sudo", `user: ${user}, sudo`));
      const hostBlock = block("cp.example", near, "id.pub").replace("  IdentitiesOnly yes\n", "");
      config(hostBlock);
      await assert.rejects(whoIs(lab, "cp"), { code: "ssh-auth" });
      writeFileSync(join(home, ".ssh", "id.pub"), near.publicKey);
      assert.equal(await whoIs(lab, "cp"), user);
      config(`${hostBlock}  IdentityAgent none\n`);
      await assert.rejects(whoIs(lab, "cp"), { code: "ssh-auth", remedy: /id\.pub is a public key/ });
    } finally {
      delete process.env.SSH_AUTH_SOCK;
      await agent.close();
    }
  });

  test("what is not honoured is named once, and a ProxyCommand is an error", async () => {
    config("Host *.example\n  HostKeyAlias one\n  Match exec true\n  CertificateFile ~/.ssh/none-cert.pub\n");
    const two = `${cp}\n  - { name: w, role: plain, sudo: none, host: w.example }`;
    assert.deepEqual((await accessOf(labOf(two), new Map())).warnings, [
      `${home}/.ssh/config sets CertificateFile for plane.other, cp.example, w.example, which labwright ignores (docs/ssh.md lists what it uses)`,
      `${home}/.ssh/config sets HostKeyAlias for cp.example, w.example, which labwright ignores (docs/ssh.md lists what it uses)`,
    ]);
    config("Host *.example\n  ProxyCommand nc %h %p\n");
    await assert.rejects(accessOf(labOf(cp), new Map()), { code: "ssh-config", remedy: /ProxyJump.*via/ });
  });

  test("a configuration that OpenSSH would not take is an error", async () => {
    config("Host *\n  Hostnam cp\n");
    await assert.rejects(accessOf(labOf(cp), new Map()), { code: "ssh-config", output: /Bad configuration/ });
    config('Host *\n  User "$(touch /tmp/lwtest-mark)"\n');
    await assert.rejects(loginUsers(labOf(cp).machines), {
      code: "ssh-config",
      message: /is not a user name/,
    });
    config("");
    chmodSync(join(home, ".ssh", "config"), 0o666);
    await assert.rejects(accessOf(labOf(cp), new Map()), { code: "ssh-config", remedy: /chmod 600/ });
  });
});
