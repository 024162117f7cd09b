import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  chown,
  lchown,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { backUp, isMadeBy, noteOwn, restoreCommand, type Touched } from "../../src/linux/backup.ts";

let root: string;
const at = (path: string): string => join(root, path);
const host = localHost();
const noting = (owner: string, touched: Touched) => host.run(backUp(owner, touched, at("state/before")));
const restoring = (owner: string) => host.run(restoreCommand(owner, at("state/before")));

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
    folders: { [at("data/theirs")]: ["new"], [at("empty")]: ["n*"], [at("data/ours")]: [] },
    freshFolders: { [at("var/log/ours")]: [], [at("data")]: [] },
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
  await noting("one", { freshFolders: { [at("data/came")]: ["one"] } });
  await mkdir(at("data/came"));
  await writeFile(at("data/came/one"), "one's\n");
  await noting("two", { folders: { [at("data/came")]: [] } });
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
  await noting("one", { folders: { [at("data/theirs")]: ["file"] } });
  assert.ok(existsSync(at("data/theirs/file")), "it is not moved aside");
  await restoring("one");
  assert.ok(existsSync(at("data/theirs")) && !existsSync(at("data/theirs/file")));
});

test("what the owner has put into folders of ours since stays, and is named", async () => {
  await noting("one", {
    folders: { [at("opt/cni")]: ["bin/ours"], [at("data/theirs")]: ["o*"], [at("empty")]: ["deep/ours"] },
    freshFolders: { [at("root/.kube")]: ["cache/http"] },
  });
  for (const folder of ["opt/cni/bin", "data/theirs", "empty/deep", "root/.kube/cache/http"])
    await mkdir(at(folder), { recursive: true });
  const ours = ["opt/cni/bin/ours", "data/theirs/ours", "empty/deep/ours", "root/.kube/cache/http/x"];
  const theirs = ["opt/cni/bin/their own", "data/theirs/since", "empty/theirs", "root/.kube/other"];
  for (const file of [...ours, ...theirs]) await writeFile(at(file), `${file}\n`);
  const { stdout } = await restoring("one");
  for (const file of ours) assert.ok(!existsSync(at(file)), file);
  for (const file of theirs) {
    const place = file.replace("data/theirs", "data/theirs.since-labwright");
    assert.ok(existsSync(at(place)), place);
    assert.ok(stdout.includes(`labwright-left ${at(place)}\n`), `${place} is named in ${stdout}`);
  }
  assert.ok(existsSync(at("data/theirs/file")), "the owner's folder is back in its place");
  assert.ok(!existsSync(at("empty/deep")) && !existsSync(at("root/.kube/cache")), "empty folders are gone");
  assert.ok(!existsSync(at("state")), "no notes are left");
});

test("a folder of the owner's in the place of a file of ours stays", async () => {
  await noting("one", { files: [at("bin/tool")] });
  await mkdir(at("bin/tool"), { recursive: true });
  await writeFile(at("bin/tool/theirs"), "theirs");
  const { stdout } = await restoring("one");
  assert.ok(existsSync(at("bin/tool/theirs")));
  assert.match(stdout, /bin\/tool\/theirs/);
});

test("if something cannot be given back, the copies and notes stay for another attempt", async () => {
  await noting("one", { files: [at("etc/theirs/config with space")], fresh: [at("came")] });
  await rm(at("etc/theirs/config with space"));
  await mkdir(at("etc/theirs/config with space"));
  await assert.rejects(restoring("one"), /not given back|ended with code/);
  assert.ok(existsSync(at("state/before/one/list")));
  await rm(at("etc/theirs/config with space"), { recursive: true });
  await restoring("one");
  assert.ok(existsSync(at("etc/theirs/config with space")));
});

test("a file in a user's folder is kept, restored and removed with that user's rights", {
  skip: process.getuid?.() !== 0 && "root alone can act for users",
}, async () => {
  const user = 4711;
  await chmod(root, 0o755);
  await mkdir(at("state/before"), { recursive: true });
  await mkdir(at("home/eve/.kube"), { recursive: true });
  await writeFile(at("home/eve/.kube/config"), "eve's\n", { mode: 0o600 });
  await writeFile(at("etc/theirs/config"), "root's\n", { mode: 0o600 });
  for (const path of ["home/eve", "home/eve/.kube", "home/eve/.kube/config"])
    await chown(at(path), user, user);
  await noting("one", { files: [at("home/eve/.kube/config"), at("home/eve/.kube/new")] });
  await writeFile(at("home/eve/.kube/config"), "ours\n");
  await restoring("one");
  const { uid } = await stat(at("home/eve/.kube/config"));
  assert.equal(uid, user);
  assert.equal(await readFile(at("home/eve/.kube/config"), "utf8"), "eve's\n");
  // Eve puts a link where root expects a folder of hers: nothing behind it is copied, written over or removed.
  await rm(at("home/eve/.kube"), { recursive: true });
  await symlink(at("etc/theirs"), at("home/eve/.kube"));
  await lchown(at("home/eve/.kube"), user, user);
  await assert.rejects(noting("two", { files: [at("home/eve/.kube/config")] }), /ended with code/);
  await noting("three", { files: [at("home/eve/.kube/late")] });
  await writeFile(at("etc/theirs/late"), "root's\n");
  await restoring("three").catch(() => {});
  assert.ok(existsSync(at("etc/theirs/late")), "root does not remove through eve's link");
  await assert.rejects(host.write({ path: at("home/eve/.kube/config"), content: "x", owner: "root:root" }));
  assert.equal(await readFile(at("etc/theirs/config"), "utf8"), "root's\n");
});
