import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import type { Engine } from "../../src/providers/docker/engine.ts";
import { machineImage } from "../../src/providers/docker/image.ts";
import { giveLogins } from "../../src/providers/docker/machine.ts";
import { fakeDocker } from "../support/fake-docker.ts";
import { silent } from "../support/plain-image.ts";

/**
 * A client that is a snap: its home interface gives it no hidden folder, and no /tmp of ours, so that every file named
 * to it is missing (canonical/docker-snap#34, #151, #334). What it reads from standard input, it may.
 */
const fake = fakeDocker(`
for word; do case "$word" in
  *=*) ;;
  /*) echo "lstat $word: no such file or directory" >&2; exit 1 ;;
esac; done
case "$1" in
exec | import | build) cat >"$DIR/$1.input"; ps -o args= -e >"$DIR/$1.processes" ;;
image) exit 1 ;;
esac
`);
const engine = { docker: new Docker(localHost()), direct: true } as Engine;
const listed = (file: string) =>
  execFileSync("tar", ["-tvf", file], { encoding: "utf8" }).replace(/ +/g, " ").trim().split("\n");

test("logins reach a container through standard input", async () => {
  const logins = { user: "root", sudo: "none", authorizedKey: "ssh-ed25519 AAAA lab" } as const;
  await giveLogins(engine, "one", { ...logins, passwords: { root: "hunter2" } });
  const script = await readFile(join(fake.folder, "exec.input"), "utf8");
  assert.match(script, /hunter2.*\| chpasswd/);
  const processes = await readFile(join(fake.folder, "exec.processes"), "utf8");
  for (const word of ["hunter2", Buffer.from(script).toString("base64").slice(0, 40)])
    assert.ok(!processes.includes(word), "no argument list has them");
});

test("a root file system and what is built on it are sent, not named", async () => {
  const file = join(fake.folder, ".root.tar");
  await writeFile(file, "the root");
  await machineImage(engine, { kind: "rootfs", id: "0123456789abcdef01", file }, { activity: silent });
  assert.equal(await readFile(join(fake.folder, "import.input"), "utf8"), "the root");
  const names = listed(join(fake.folder, "build.input"));
  assert.ok(names.some((line) => /^-rw-r--r-- .* Dockerfile$/.test(line)));
  assert.ok(names.some((line) => /^-rwxr-xr-x .* rootfs\/usr\/local\/sbin\/labwright-init$/.test(line)));
});
