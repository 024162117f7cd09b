import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { generateKeyPair } from "../../src/hosts/keys.ts";
import { sh } from "../../src/hosts/sh.ts";
import { connect } from "../../src/hosts/ssh.ts";
import { until } from "./hosts-processes.ts";
import { connectionsOf, freePort, makeUser, noSshd, startSshd, suiteSshd } from "./hosts-sshd.ts";
import { whoami } from "./hosts-whoami.ts";

describe("jump hosts", { skip: noSshd }, () => {
  const sshd = suiteSshd();
  let user: string;
  before(async () => {
    user = makeUser(sshd(), "jump");
  });

  test("through another machine", async () => {
    const inner = await startSshd();
    try {
      const via = sshd().access(user);
      assert.equal(await whoami(inner.access("root", { via })), "root");
      const port = await freePort();
      await assert.rejects(connect("far", inner.access("root", { via, port })), {
        code: "ssh-refused",
        message: /^far: /,
      });
      const hostKeys = [generateKeyPair("other").publicKey];
      await assert.rejects(connect("far", inner.access("root", { via: { ...via, hostKeys } })), {
        code: "host-key-changed",
        message: /^127\.0\.0\.1 \(on the way to far\)/,
      });
      await until(
        "nothing is left open",
        () => connectionsOf(inner.pid).length + connectionsOf(sshd().pid).length === 0,
      );
    } finally {
      await inner.stop();
    }
  });

  test("ten machines at once behind two hops that let few in: MaxSessions 1, MaxStartups 3", async () => {
    const narrow = ["MaxSessions 1", "MaxStartups 3"];
    const [first, second] = await Promise.all([startSshd(narrow), startSshd(narrow)]);
    try {
      const via = second.access(user, { via: first.access(user) });
      const numbers = Array.from({ length: 10 }, (_, i) => i);
      const hosts = await Promise.all(numbers.map((i) => connect(`m${i}`, sshd().access("root", { via }))));
      for (const { log } of [first, second]) assert.equal(log().split("Accepted publickey").length - 1, 1);
      const outputs = await Promise.all(hosts.map((host, i) => host.run(sh`echo ${i}; id -un`)));
      assert.deepEqual(
        outputs.map(({ stdout }) => stdout),
        numbers.map((i) => `${i}\nroot\n`),
      );
      await Promise.all(hosts.map((host) => host.close()));
      await until("nothing is left open", () =>
        [sshd(), first, second].every(({ pid }) => connectionsOf(pid).length === 0),
      );
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
  });

  test("a jump host that stops answering delays nobody, and is connected to again when it is back", async () => {
    const gate = await startSshd();
    const access = sshd().access("root", { via: gate.access(user) });
    const stopped: number[] = [];
    try {
      const host = await connect("first", access);
      for (const pid of connectionsOf(gate.pid)) {
        process.kill(pid, "SIGSTOP");
        stopped.push(pid);
      }
      const from = Date.now();
      await assert.rejects(connect("second", access, { connectTimeout: 500 }), {
        code: "ssh-timeout",
        message: /^second: /,
      });
      assert.ok(Date.now() - from < 3000);
      for (const pid of stopped.splice(0)) process.kill(pid, "SIGKILL");
      await assert.rejects(host.run(sh`true`), { code: "ssh-lost" });
      assert.equal(await whoami(access), "root");
    } finally {
      for (const pid of stopped) process.kill(pid, "SIGKILL");
      await gate.stop();
    }
  });
});
