import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Lab, Machine } from "../../src/lab/types.ts";
import { credentialsFile } from "../../src/paths.ts";
import { keptCredentials, labCredentials, newPassword } from "../../src/providers/credentials.ts";

let folder: string;
const home = process.env.XDG_DATA_HOME;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "lwtest-credentials-"));
  process.env.XDG_DATA_HOME = folder;
});
after(() => {
  if (home === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = home;
  rmSync(folder, { recursive: true });
});

const stapp: Machine = {
  name: "stapp01",
  role: "app-server",
  user: "tony",
  sudo: "password",
  users: [
    { name: "steve", sudo: "password" },
    { name: "banner", sudo: "none" },
  ],
};
const labWith = (machine: Machine): Lab =>
  ({ name: "c", provider: "docker", machines: [machine] }) as unknown as Lab;

test("each account that needs a password gets one, once, in a file that only its owner reads", async () => {
  const first = await labCredentials(labWith(stapp));
  assert.deepEqual(Object.keys(first.stapp01 ?? {}), ["tony", "steve"]);
  assert.equal(statSync(credentialsFile("c")).mode & 0o777, 0o600);
  assert.deepEqual(await labCredentials(labWith(stapp)), first);

  const more = await labCredentials(labWith({ ...stapp, login: ["key", "password"], rootLogin: "password" }));
  assert.deepEqual(Object.keys(more.stapp01 ?? {}), ["tony", "steve", "root", "banner"]);
  assert.equal(more.stapp01?.tony, first.stapp01?.tony);
});

test("a file that is none of ours is told by its name, without its text", async () => {
  await labCredentials(labWith(stapp));
  writeFileSync(credentialsFile("c"), `{"stapp01": "secret-${"x"}`);
  await assert.rejects(keptCredentials("c"), (error: Error) => {
    assert.match(error.message, /credentials\.json/);
    assert.ok(!JSON.stringify(error, Object.getOwnPropertyNames(error)).includes("secret-x"));
    return true;
  });
  assert.ok(readFileSync(credentialsFile("c"), "utf8").includes("secret"));
});

test("with the ssh provider the login user's password is not ours to make", async () => {
  rmSync(credentialsFile("c"), { force: true });
  const lab = { ...labWith(stapp), provider: "ssh" } as Lab;
  assert.deepEqual(Object.keys((await labCredentials(lab)).stapp01 ?? {}), ["steve"]);
});

test("passwords differ, and can be typed", () => {
  const words = Array.from({ length: 200 }, newPassword);
  assert.equal(new Set(words).size, 200);
  for (const word of words) assert.match(word, /^([a-km-z2-9]{4}-){3}[a-km-z2-9]{4}$/);
});
