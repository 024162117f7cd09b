import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { giveBack, isMadeBy, noteOwn, remember, type Touched } from "../../src/steps/shared/before.ts";

let root: string;
const at = (path: string): string => join(root, path);
const host = localHost();
const noting = (owner: string, touched: Touched) => host.run(remember(owner, touched, at("state/before")));
const restoring = (owner: string) => host.run(giveBack(owner, at("state/before")));

/** Every path below the root with its type, mode and content, except the notes themselves. */
const listing = (): string =>
  execFileSync(
    "sh",
    [
      "-c",
      "find . -path ./state -prune -o -printf '%p %y %m %l\\n' | sort; find . -path ./state -prune -o -type f -exec cat {} +",
    ],
    {
      cwd: root,
      encoding: "utf8",
    },
  );

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "labwright-before-"));
  await mkdir(at("state"));
  await mkdir(at("etc/theirs"), { recursive: true });
  await writeFile(at("etc/theirs/config with space"), "theirs\n", { mode: 0o640 });
  await symlink("config with space", at("etc/theirs/link"));
  await mkdir(at("data/theirs"), { recursive: true });
  await writeFile(at("data/theirs/file"), "data\n");
  await mkdir(at("empty"), { mode: 0o700 });
});
afterEach(() => rm(root, { recursive: true, force: true }));

test("files, folders and what came as a side effect are as they were before", async () => {
  const before = listing();
  const touched = {
    files: [at("etc/theirs/config with space"), at("etc/theirs/link"), at("etc/ours/deep/file")],
    folders: [at("data/theirs"), at("empty"), at("data/ours")],
    fresh: [at("var/log/ours"), at("data")],
  };
  await noting("one", touched);
  assert.throws(
    () => execFileSync("ls", [at("data/theirs")], { stdio: "pipe" }),
    "the folder was moved aside",
  );
  for (const folder of ["data/theirs", "data/ours", "etc/ours/deep", "var/log/ours"])
    await mkdir(at(folder), { recursive: true });
  for (const file of ["etc/theirs/config with space", "etc/ours/deep/file", "data/theirs/new", "empty/new"])
    await writeFile(at(file), "ours\n");
  await rm(at("etc/theirs/link"));
  await noting("one", touched);
  await noting("two", { files: touched.files });
  await restoring("two");
  await restoring("one");
  assert.equal(listing(), before);
  assert.ok(!existsSync(at("state")), "no notes are left");
});

test("what others put beside ours stays", async () => {
  await noting("one", { files: [at("opt/bin/ours")] });
  await mkdir(at("opt/bin"), { recursive: true });
  await writeFile(at("opt/bin/ours"), "ours");
  await writeFile(at("opt/bin/theirs"), "theirs");
  await restoring("one");
  assert.deepEqual(execFileSync("ls", [at("opt/bin")], { encoding: "utf8" }), "theirs\n");
});

test("nothing is touched that was not noted, and giving back twice is harmless", async () => {
  const before = listing();
  await restoring("one");
  await noting("one", { files: [at("etc/theirs/link")] });
  assert.equal(await readlink(at("etc/theirs/link")), "config with space");
  await restoring("one");
  await restoring("one");
  assert.equal(listing(), before);
});

test("what came as one step's side effect is moved aside for another that needs the folder for itself", async () => {
  const before = listing();
  await noting("one", { fresh: [at("data/came")] });
  await mkdir(at("data/came"));
  await writeFile(at("data/came/one"), "one's\n");
  await noting("two", { folders: [at("data/came")] });
  assert.ok(!existsSync(at("data/came/one")), "the second would work on the first one's files");
  await mkdir(at("data/came"));
  await restoring("two");
  assert.ok(existsSync(at("data/came/one")));
  await restoring("one");
  assert.equal(listing(), before);
});

test("what a step has made is told from what was there before it, and from another's", async () => {
  const made = async (owner: string, path: string): Promise<boolean> =>
    (await host.run(isMadeBy(owner, at(path), at("state/before")), { accept: "any" })).code === 0;
  await noting("one", { fresh: [at("came"), at("data/theirs")], files: [at("file"), at("etc/theirs/link")] });
  assert.ok((await made("one", "came")) && (await made("one", "file")));
  assert.ok(!(await made("one", "data/theirs")) && !(await made("one", "etc/theirs/link")));
  assert.ok(!(await made("two", "came")));
});

test("what an earlier attempt of ours has left in a folder stays there, and goes when it is given back", async () => {
  await host.run(noteOwn("one", at("data/theirs"), at("state/before")));
  await noting("one", { folders: [at("data/theirs")] });
  assert.ok(existsSync(at("data/theirs/file")), "it is not moved aside");
  await restoring("one");
  assert.ok(existsSync(at("data/theirs")) && !existsSync(at("data/theirs/file")));
});
