import assert from "node:assert/strict";
import { chmod, chown, lchown, link, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { rights } from "../../src/hosts/rights.ts";
import { sh } from "../../src/hosts/sh.ts";

const skip = process.getuid?.() !== 0 && "root alone can act for users";
const eve = 4711;
const host = localHost();
let root: string;
const at = (path: string) => join(root, path);

before(async () => {
  root = await mkdtemp(join(tmpdir(), "lwtest-rights-"));
  await chmod(root, 0o755);
  await mkdir(at("home/eve/sub"), { recursive: true });
  await mkdir(at("etc"));
  for (const path of ["home/eve", "home/eve/sub"]) await chown(at(path), eve, eve);
});
after(() => rm(root, { recursive: true, force: true }));

const give = (path: string, owner: string, mode = "640") =>
  host.run(sh`${rights}
    labwright_give ${at(path)} ${owner} ${mode}`);

const seen = async (path: string) => {
  const { uid, mode } = await stat(at(path));
  return `${uid} ${(mode & 0o777).toString(8)}`;
};

test("a file gets its owner and mode, in root's folder as in a user's, and is made if it is missing", {
  skip,
}, async () => {
  for (const [path, owner] of [
    ["etc/new", "4712:"],
    ["home/eve/new", `${eve}:${eve}`],
    ["home/eve/sub/roots", "0:0"],
  ] as const) {
    await give(path, owner.replace(/:$/, ":0"));
    assert.equal(await seen(path), `${owner.split(":")[0]} 640`);
  }
  await writeFile(at("home/eve/given"), "root's\n", { mode: 0o600 });
  await give("home/eve/given", `${eve}:${eve}`, "444");
  assert.equal(await seen("home/eve/given"), `${eve} 444`);
});

test("links of a user give nothing away", { skip }, async () => {
  await writeFile(at("etc/shadow"), "root's\n", { mode: 0o600 });
  const links: [name: string, make: (path: string) => Promise<void>][] = [
    ["file", (path) => symlink(at("etc/shadow"), path)],
    ["dangling", (path) => symlink(at("etc/nologin"), path)],
    ["hard", (path) => link(at("etc/shadow"), path)],
    ["folder", (path) => symlink(at("etc"), path)],
  ];
  for (const [name, make] of links) {
    await make(at(`home/eve/${name}`));
    if (name !== "hard") await lchown(at(`home/eve/${name}`), eve, eve);
    await assert.rejects(
      give(`home/eve/${name}${name === "folder" ? "/shadow" : ""}`, `${eve}:${eve}`, "666"),
      {
        code: "command-failed",
      },
    );
    assert.equal(await seen("etc/shadow"), "0 600", name);
  }
  await assert.rejects(stat(at("etc/nologin")), { code: "ENOENT" });
});
