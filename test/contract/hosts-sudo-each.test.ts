import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import { connect } from "../../src/hosts/ssh.ts";
import type { Host } from "../../src/hosts/types.ts";
import { parseLab } from "../../src/lab/load.ts";
import type { Lab } from "../../src/lab/types.ts";
import { accessOf } from "../../src/providers/ssh/access.ts";
import { sudoPasswords } from "../../src/providers/ssh/sudo-passwords.ts";
import { type Agent, sshAgent } from "../support/agent.ts";
import { processesWith } from "./hosts-processes.ts";
import { hasSudo, makeUser, maySudo, noSshd, removeLeftovers, type Sshd, startSshd } from "./hosts-sshd.ts";

/** Two application servers, each with a user whose sudo password is another. */
describe("a sudo password for each machine", {
  skip: noSshd || (hasSudo ? false : "sudo is not installed"),
}, () => {
  const passwords = { stapp01: "Ir0n: 'one'", stapp02: "#Am3ric two" };
  const users = new Map<string, string>();
  const kept = ["SSH_AUTH_SOCK", "XDG_DATA_HOME"].map((name) => [name, process.env[name]] as const);
  let sshd: Sshd;
  let agent: Agent;
  let lab: Lab;

  before(async () => {
    removeLeftovers();
    sshd = await startSshd();
    for (const [name, password] of Object.entries(passwords)) {
      const user = makeUser(sshd, name, { password });
      maySudo(user, "");
      users.set(name, user);
    }
    agent = await sshAgent(sshd.access("any").privateKey ?? "");
    process.env.SSH_AUTH_SOCK = agent.socket;
    process.env.XDG_DATA_HOME = sshd.folder;
    const machines = [...users].map(
      ([name, user]) =>
        `  - { name: ${name}, role: app-server, user: ${user}, sudo: password, host: "127.0.0.1:${sshd.port}" }\n`,
    );
    const text = `name: each\nprovider: ssh\nplaybooks: []\nmachines:\n${machines.join("")}`;
    const result = parseLab(text, "lab.yaml", { knownPlaybooks: [] });
    assert.ok("lab" in result, JSON.stringify(result));
    lab = result.lab;
  });
  after(async () => {
    for (const [name, value] of kept)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await agent.close();
    removeLeftovers();
    await sshd.stop();
  });

  const file = (name: string, lines: Record<string, string>): string => {
    const path = join(sshd.folder, name);
    const text = Object.entries(lines).map(([machine, password]) => `${machine}: ${password}\n`);
    writeFileSync(path, text.join(""), { mode: 0o600 });
    return path;
  };
  const hostsWith = async (sudoPasswordFile: string): Promise<Host[]> => {
    const { accesses } = await accessOf(lab, await sudoPasswords(lab, { sudoPasswordFile }));
    return Promise.all([...accesses].map(([name, access]) => connect(name, access)));
  };

  test("each machine's sudo gets its own, and no process has one in its command line or environment", async () => {
    const hosts = await hostsWith(file("each", passwords));
    for (const host of hosts) {
      const ancestors = sh`pid=$$; while [ "$pid" -gt 1 ]; do stat -c %U /proc/$pid; read -r _ _ _ pid _ </proc/$pid/stat; done`;
      assert.equal((await host.run(sh`id -un`)).stdout, "root\n");
      const owners = (await host.run(ancestors)).stdout.split("\n");
      assert.ok(owners.includes(users.get(host.name) ?? ""), owners.join(" "));
      for (const password of Object.values(passwords))
        for (const where of ["cmdline", "environ"] as const)
          assert.deepEqual(processesWith(password, where), [], where);
    }
    await Promise.all(hosts.map((host) => host.close()));
    for (const password of Object.values(passwords)) assert.ok(!sshd.log().includes(password));
  });

  test("one that is another machine's is refused there, and not told", async () => {
    const { stapp01, stapp02 } = passwords;
    await assert.rejects(hostsWith(file("swapped", { stapp01: stapp02, stapp02: stapp01 })), (error) => {
      assert.ok(error instanceof Error && "code" in error);
      assert.equal(error.code, "sudo-password");
      for (const password of [stapp01, stapp02]) assert.ok(!JSON.stringify(error).includes(password));
      assert.match(error.message, /^stapp0[12]: /);
      return true;
    });
  });
});
