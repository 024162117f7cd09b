import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { generateKeyPair } from "../../src/hosts/keys.ts";
import { sh } from "../../src/hosts/sh.ts";
import { connect, connectWhenUp } from "../../src/hosts/ssh.ts";
import type { Access } from "../../src/hosts/types.ts";
import { processesWith, uniqueSeconds, until } from "./hosts-processes.ts";
import { connectionsOf, freePort, makeUser, noSshd, type Sshd, startSshd, suiteSshd } from "./hosts-sshd.ts";
import { whoami } from "./hosts-whoami.ts";

describe("an SSH connection", { skip: noSshd }, () => {
  const sshd = suiteSshd(["KbdInteractiveAuthentication no"]);
  let user: string;
  const password = "right 'one'";
  before(async () => {
    user = makeUser(sshd(), "plain", { password });
  });

  const without = (access: Access, ...keys: (keyof Access)[]): Access => {
    const copy = { ...access };
    for (const key of keys) delete copy[key];
    return copy;
  };

  test("logs in with a key, and with a password", async () => {
    assert.equal(await whoami(sshd().access(user)), user);
    assert.equal(await whoami({ ...without(sshd().access(user), "privateKey"), password }), user);
  });

  test("logs in by keyboard-interactive where that is the only way", async () => {
    const asking = await startSshd([
      "KbdInteractiveAuthentication yes",
      "PasswordAuthentication no",
      "PubkeyAuthentication no",
    ]);
    try {
      const access = { ...without(asking.access(user), "privateKey"), password };
      assert.equal(await whoami(access), user);
      await assert.rejects(connect("lwtest", { ...access, password: "wrong" }), { code: "ssh-auth" });
    } finally {
      await asking.stop();
    }
  });

  test("a wrong key or password is said once, by its name", async () => {
    const { privateKey } = generateKeyPair("other");
    await assert.rejects(connect("stapp01", sshd().access(user, { privateKey })), {
      code: "ssh-auth",
      message: /^stapp01: .*with the key/,
    });
    const wrong = { ...without(sshd().access(user), "privateKey"), password: "wrong" };
    await assert.rejects(connectWhenUp("stapp01", wrong, { seconds: 20 }), {
      code: "ssh-auth",
      message: /password/,
    });
    await assert.rejects(connect("stapp01", sshd().access(user, { privateKey: "no key" })), {
      code: "ssh-auth",
    });
  });

  test("another host key than the one known beforehand is refused before we log in", async () => {
    const shown = await startSshd();
    try {
      const hostKeys = [generateKeyPair("other").publicKey];
      await assert.rejects(connect("cp", shown.access(user, { hostKeys })), {
        code: "host-key-changed",
        message:
          /^cp: 127\.0\.0\.1:\d+ presented the host key SHA256:\S{43}, but SHA256:\S{43} was expected$/,
      });
      await until("sshd has seen us go", () => /preauth/.test(shown.log()));
      assert.ok(!shown.log().includes(user), "sshd was told a user's name, so it was asked to let us in");
    } finally {
      await shown.stop();
    }
  });

  test("the first key seen is pinned, and a changed one refused", async () => {
    const knownHosts = join(sshd().folder, "pins", "known_hosts");
    const access = without(sshd().access(user, { knownHosts }), "hostKeys");
    assert.deepEqual(await Promise.all([whoami(access), whoami(access)]), [user, user]);
    assert.equal(statSync(knownHosts).mode & 0o777, 0o600);
    assert.equal(statSync(join(sshd().folder, "pins")).mode & 0o777, 0o700);
    const [type, key] = sshd().hostKey.split(" ");
    assert.equal(readFileSync(knownHosts, "utf8"), `[127.0.0.1]:${sshd().port} ${type} ${key}\n`);

    const [, otherKey] = generateKeyPair("other").publicKey.split(" ");
    writeFileSync(knownHosts, `[127.0.0.1]:${sshd().port} ${type} ${otherKey}\n`);
    await assert.rejects(connectWhenUp("cp", access, { seconds: 20 }), { code: "host-key-changed" });
    await assert.rejects(connect("cp", without(access, "knownHosts")), { code: "host-key-unknown" });
  });

  test("nobody listens: refused at once, or waited for until sshd is up", async () => {
    const port = await freePort();
    await assert.rejects(connect("w1", sshd().access(user, { port })), {
      code: "ssh-refused",
      message: /^w1: /,
    });
    const from = Date.now();
    await assert.rejects(connectWhenUp("w1", sshd().access(user, { port }), { seconds: 1 }), {
      code: "ssh-refused",
    });
    assert.ok(Date.now() - from < 2000);

    const notes: string[] = [];
    let late: Sshd | undefined;
    const access = sshd().access(user, { port });
    const waiting = connectWhenUp("w1", without(access, "hostKeys"), {
      seconds: 20,
      note: (text) => {
        notes.push(text);
        startSshd([], port).then((started) => {
          late = started;
        });
      },
    });
    // The late sshd has other keys: that we are told so shows that we got through to it.
    await assert.rejects(waiting, { code: "host-key-unknown" });
    assert.deepEqual(notes, ["waiting for sshd on w1"]);
    await until("the late sshd", () => late !== undefined);
    await late?.stop();
  });

  test("something that accepts and never answers is found", async () => {
    const hole: Server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await new Promise((resolve) => hole.once("listening", resolve));
    const address = hole.address();
    assert.ok(address && typeof address === "object");
    const access = sshd().access(user, { port: address.port });
    await assert.rejects(connect("w2", access, { connectTimeout: 300 }), {
      code: "ssh-timeout",
      message: /^w2: /,
    });
    const signal = AbortSignal.timeout(100);
    await assert.rejects(connect("w2", access, { signal }), { code: "interrupted" });
    await new Promise((resolve) => hole.close(resolve));
  });

  test("a connection that is cut in the middle of a command", async () => {
    const seconds = uniqueSeconds();
    const host = await connect("cp", sshd().access(user));
    const [one, other] = [host.run(sh`sleep ${seconds}`), host.run(sh`sleep ${seconds}`)].map((running) =>
      assert.rejects(running, { code: "ssh-lost", message: /^cp: .*sleep/ }),
    );
    await until("they run", () => processesWith(seconds).length === 2);
    for (const pid of connectionsOf(sshd().pid)) process.kill(pid, "SIGKILL");
    await Promise.all([one, other]);
    await until("they are gone", () => processesWith(seconds).length === 0, 2000);
    await assert.rejects(host.run(sh`true`), { code: "ssh-lost", message: /^cp: / });
    await host.close();
    await host.close();
  });

  test("a server that grants one session at a time, and one that grants none", async () => {
    const one = await startSshd(["MaxSessions 1"]);
    const none = await startSshd(["MaxSessions 0"]);
    try {
      const host = await connect("narrow", one.access(user));
      const numbers = Array.from({ length: 10 }, (_, i) => i);
      const outputs = await Promise.all(numbers.map((i) => host.run(sh`echo ${i}`)));
      assert.deepEqual(
        outputs.map(({ stdout }) => stdout),
        numbers.map((i) => `${i}\n`),
      );
      const gone = host.run(sh`sleep 60 & true`);
      assert.equal((await gone).code, 0);
      assert.equal((await host.run(sh`echo after a daemon`)).stdout, "after a daemon\n");
      await host.run(sh`pkill -u ${user} -x sleep`);
      await host.close();
      const closed = await connect("closed", none.access(user));
      await assert.rejects(closed.run(sh`true`), { code: "ssh-channel-refused" });
      await closed.close();
    } finally {
      await Promise.all([one.stop(), none.stop()]);
    }
  });

  test("a server that drops connections gets them again: MaxStartups 3, ten at once", async () => {
    const narrow = await startSshd(["MaxStartups 3"]);
    try {
      const hosts = await Promise.all(
        Array.from({ length: 10 }, (_, i) => connectWhenUp(`m${i}`, narrow.access(user), { seconds: 20 })),
      );
      const codes = await Promise.all(hosts.map((host) => host.run(sh`true`)));
      assert.equal(codes.length, 10);
      await Promise.all(hosts.map((host) => host.close()));
    } finally {
      await narrow.stop();
    }
  });

  test("a login shell that greets, and one that refuses", async () => {
    const loud = makeUser(sshd(), "loud", { shell: "/bin/bash" });
    writeFileSync(join(sshd().folder, "loud", ".bashrc"), "echo welcome; echo really >&2\n");
    const host = await connect("loud", sshd().access(loud));
    assert.deepEqual(await host.run(sh`echo x`), { code: 0, stdout: "x\n", stderr: "" });
    await host.close();
    const closed = await connect(
      "shut",
      sshd().access(makeUser(sshd(), "shut", { shell: "/usr/sbin/nologin" })),
    );
    await assert.rejects(closed.run(sh`true`), { code: "shell-failed", message: /^shut: .*not available/ });
    await closed.close();
  });

  test("without sudo, what only root may do fails", async () => {
    const host = await connect("cp", sshd().access(user));
    await assert.rejects(host.write({ path: "/etc/lwtest", content: "x" }), { code: "command-failed" });
    await host.close();
  });
});
