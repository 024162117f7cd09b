import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import { connect } from "../../src/hosts/ssh.ts";
import type { Access } from "../../src/hosts/types.ts";
import { hasSudo, makeUser, maySudo, noSshd, suiteSshd } from "./hosts-sshd.ts";

/** What users of a machine export, by accident and on purpose. */
const exported = [
  "export ETCDCTL_ENDPOINTS=http://127.0.0.1:9 KUBECONFIG=/nonexistent http_proxy=http://127.0.0.1:9",
  "export DOCKER_HOST=tcp://127.0.0.1:9 BASH_ENV=/nonexistent LD_PRELOAD_TRIED=1 LANG=de_DE.UTF-8",
  "uname() { echo an exported function; }; export -f uname",
];

describe("commands on a machine run in labwright's own environment", { skip: noSshd }, () => {
  const sshd = suiteSshd();

  /** A user whose shell exports all that, with their programs' folder first in PATH. */
  function hostileUser(name: string): string {
    const user = makeUser(sshd(), name, { password: "x", shell: "/bin/bash" });
    const home = join(sshd().folder, name);
    const programs = join(home, "programs");
    mkdirSync(programs);
    for (const program of ["uname", "sudo", "sh"]) {
      writeFileSync(join(programs, program), "#!/bin/bash\necho the program of a user\n");
      chmodSync(join(programs, program), 0o755);
    }
    writeFileSync(join(home, ".bashrc"), [...exported, `export PATH=${programs}:$PATH`, ""].join("\n"));
    return user;
  }

  async function assertOwn(access: Access): Promise<void> {
    const host = await connect("m", access);
    try {
      const { stdout } = await host.run(sh`/usr/bin/env | sort | cut -d= -f1; uname; bash -c uname`);
      assert.equal(stdout, "HOME\nLC_ALL\nOLDPWD\nPATH\nPWD\nLinux\nLinux\n");
      assert.equal((await host.run(sh`echo $PATH`)).stdout.split(":")[0], "/usr/sbin");
    } finally {
      await host.close();
    }
  }

  test("without sudo", () => assertOwn(sshd().access(hostileUser("plainenv"))));

  test("through sudo, even where it keeps the environment", { skip: !hasSudo }, async () => {
    const user = hostileUser("sudoenv");
    maySudo(user, "NOPASSWD:", "!env_reset, !secure_path");
    await assertOwn(sshd().access(user, { sudo: { kind: "passwordless" } }));
  });

  test("through a sudo that wants a terminal", { skip: !hasSudo }, async () => {
    const user = hostileUser("ttyenv");
    maySudo(user, "NOPASSWD:", "requiretty, !env_reset");
    await assertOwn(sshd().access(user, { sudo: { kind: "passwordless" } }));
  });
});
