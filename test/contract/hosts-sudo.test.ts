import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Secret, sh } from "../../src/hosts/sh.ts";
import { connect } from "../../src/hosts/ssh.ts";
import { startFailure } from "../../src/hosts/ssh-errors.ts";
import { hasSudo, makeUser, maySudo, noSshd, suiteSshd } from "./hosts-sshd.ts";

describe("sudo over SSH", { skip: noSshd || (hasSudo ? false : "sudo is not installed") }, () => {
  const sshd = suiteSshd();
  let user: string;
  const password = "right 'one'";
  before(async () => {
    user = makeUser(sshd(), "plain", { password });
  });

  test("a wrong password is one failed attempt, at once", async () => {
    const asked = makeUser(sshd(), "asked", { password });
    maySudo(asked, "");
    const access = (word: string) => sshd().access(asked, { sudo: { kind: "password", password: word } });
    const from = Date.now();
    await assert.rejects(connect("stapp01", access("wrong")), {
      code: "sudo-password",
      message: /^stapp01: /,
    });
    assert.ok(Date.now() - from < 5000);
    await assert.rejects(connect("stapp01", access("")), { code: "sudo-password" });
    const host = await connect("stapp01", access(password));
    assert.equal(
      (await host.run(sh`id -un; echo ${new Secret("x")} $HOME; pwd`)).stdout,
      "root\nx /run/labwright/home\n/\n",
    );
    await host.close();
  });

  test("a sudo that wants a terminal where there is no script(1) is told by what to do", () => {
    const said = "sudo wants a tty, and script(1) is not installed\n";
    const { code, remedy } = startFailure(
      "old",
      sshd().access(user, { sudo: { kind: "passwordless" } }),
      said,
      {
        code: 127,
      },
    );
    assert.equal(code, "sudo-refused");
    assert.match(remedy, /script\(1\).*requiretty/);
  });

  test("a password that nobody gave us, and no right at all", async () => {
    const asked = makeUser(sshd(), "asked2", { password });
    maySudo(asked, "");
    await assert.rejects(connect("s", sshd().access(asked, { sudo: { kind: "passwordless" } })), {
      code: "sudo-password",
    });
    await assert.rejects(connect("s", sshd().access(user, { sudo: { kind: "password", password } })), {
      code: "sudo-refused",
      message: /^s: .*sudoers/,
    });
  });
});
