import { existsSync } from "node:fs";
import { describe } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { connect } from "../../src/hosts/ssh.ts";
import type { Access } from "../../src/hosts/types.ts";
import { hostContract } from "./hosts-contract.ts";
import { hasSudo, makeUser, maySudo, noSshd, suiteSshd } from "./hosts-sshd.ts";

const noShell = (shell: string): string | false => (existsSync(shell) ? false : `${shell} is not installed`);

hostContract("this machine", false, async () => ({
  host: localHost(),
  owner: `${process.getuid?.()}:${process.getgid?.()}`,
}));

describe("over SSH", { skip: noSshd }, () => {
  const sshd = suiteSshd(["MaxSessions 10"]);

  const overSsh = (title: string, skip: string | false, access: () => Access) =>
    hostContract(title, skip, async () => {
      const given = access();
      return { host: await connect("lwtest", given), access: given, owner: "0:0" };
    });

  overSsh("root with a key", false, () => sshd().access("root"));

  const noSudo = hasSudo ? false : "sudo is not installed";
  for (const shell of ["/bin/dash", "/bin/bash", "/usr/bin/fish", "/usr/bin/tcsh"]) {
    const word = shell.split("/").at(-1) ?? "";
    overSsh(`sudo without a password, ${word} as login shell`, noSudo || noShell(shell), () => {
      const user = makeUser(sshd(), word, { shell });
      maySudo(user, "NOPASSWD:");
      return sshd().access(user, { sudo: { kind: "passwordless" } });
    });
  }

  const password = "pass word's $1 \\ é";
  overSsh("sudo with a password", noSudo, () => {
    const user = makeUser(sshd(), "sudo", { password });
    maySudo(user, "", "!use_pty");
    return sshd().access(user, { sudo: { kind: "password", password } });
  });
  overSsh("sudo with a password that it does not ask for", noSudo, () => {
    const user = makeUser(sshd(), "unasked", { password });
    maySudo(user, "NOPASSWD:");
    return sshd().access(user, { sudo: { kind: "password", password } });
  });
  overSsh("sudo with a password in its own terminal (use_pty)", noSudo, () => {
    const user = makeUser(sshd(), "pty", { password });
    maySudo(user, "", "use_pty");
    return sshd().access(user, { sudo: { kind: "password", password } });
  });
});
