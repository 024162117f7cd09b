import { existsSync } from "node:fs";
import { describe } from "node:test";
import { connect } from "../../src/hosts/ssh.ts";
import { hostContract } from "./hosts-contract.ts";
import { hasSudo, makeUser, maySudo, noSshd, suiteSshd } from "./hosts-sshd.ts";

describe("over SSH, with a sudo that wants a terminal", { skip: noSshd }, () => {
  const sshd = suiteSshd();

  // The login shell that is the least like a POSIX one, where there is one.
  const shell = existsSync("/usr/bin/fish") ? "/usr/bin/fish" : "/bin/dash";
  const password = "pass word's $1 \\ é";
  hostContract(`and a password, from ${shell}`, hasSudo ? false : "sudo is not installed", async () => {
    const user = makeUser(sshd(), "requiretty", { password, shell });
    maySudo(user, "", "requiretty");
    const access = sshd().access(user, { sudo: { kind: "password", password } });
    return { host: await connect("lwtest", access), access, owner: "0:0" };
  });
});
