import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../../src/errors.ts";
import { addContext, removeContext } from "../../src/kubeconfig/context.ts";
import { assertCanUpdate, updateKubeconfig } from "../../src/kubeconfig/file.ts";
import { kubeconfigPath } from "../../src/kubeconfig/path.ts";
import { withLock } from "../../src/local/lock.ts";
import { kubectlStyle, lab } from "./samples.ts";

let base = "";
let folder = "";
let path = "";
let runs = 0;

before(async () => {
  base = await mkdtemp(join(tmpdir(), "labwright-kubeconfig-"));
});
after(() => rm(base, { recursive: true, force: true }));
beforeEach(async () => {
  runs += 1;
  folder = join(base, String(runs));
  path = join(folder, "config");
  await mkdir(folder);
});

const update = (file: string, change: (text: string) => string) =>
  updateKubeconfig(file, change, { backup: `${folder}.lab/kubeconfig.before` });
const add = (text: string) => addContext(text, lab());
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
const hasCode = (code: string) => (error: unknown) => error instanceof LabwrightError && error.code === code;

test("the path is the one that kubectl takes: with the entry, else the first that exists, else the last", async () => {
  const [one, two, none] = ["one", "two", "none"].map((name) => join(folder, name));
  const of = (...files: (string | undefined)[]) => kubeconfigPath({ KUBECONFIG: files.join(":") }, "basics");
  assert.equal(of(none), none);
  assert.equal(of(none, one, none, two), two);
  await writeFile(two ?? "", kubectlStyle);
  assert.equal(of(none, two), two);
  await writeFile(one ?? "", addContext(kubectlStyle, lab("basics-2")));
  assert.equal(of(none, one, two), one);
  await writeFile(two ?? "", add(kubectlStyle));
  assert.equal(of(none, one, two), two);
  assert.equal(kubeconfigPath({ KUBECONFIG: ":/c" }, "basics"), "/c");
  assert.equal(kubeconfigPath({ KUBECONFIG: "", HOME: "/home/me" }, "basics"), "/home/me/.kube/config");
  assert.equal(kubeconfigPath({}, "basics"), join(homedir(), ".kube", "config"));
});

test("a new file is made with its folder, for its owner alone, and goes away with its only context", async () => {
  path = join(folder, "new", ".kube", "config");
  assert.equal(await update(path, add), true);
  assert.equal(await modeOf(path), 0o600);
  assert.deepEqual(await readdir(join(folder, "new", ".kube")), ["config"]);
  assert.equal(await update(path, (text) => removeContext(text, "basics")), true);
  assert.deepEqual(await readdir(join(folder, "new", ".kube")), []);
});

test("mode and owner stay, and a backup of what was has the mode 0600", async () => {
  await writeFile(path, kubectlStyle);
  await chmod(path, 0o640);
  const { uid, gid } = await stat(path);
  await update(path, add);
  assert.equal(await modeOf(path), 0o640);
  assert.deepEqual([(await stat(path)).uid, (await stat(path)).gid], [uid, gid]);
  assert.equal(await readFile(`${folder}.lab/kubeconfig.before`, "utf8"), kubectlStyle);
  assert.equal(await modeOf(`${folder}.lab/kubeconfig.before`), 0o600);
  assert.deepEqual(await readdir(folder), ["config"]);
});

test("a file of another owner stays theirs", {
  skip: process.getuid?.() !== 0 && "only root can give files away",
}, async () => {
  await writeFile(path, kubectlStyle);
  const { chown } = await import("node:fs/promises");
  await chown(path, 12345, 12346);
  await update(path, add);
  assert.deepEqual([(await stat(path)).uid, (await stat(path)).gid], [12345, 12346]);
});

test("nothing is written where nothing changes", async () => {
  await writeFile(path, kubectlStyle);
  const { ino } = await stat(path);
  assert.equal(await update(path, (text) => text), false);
  assert.equal((await stat(path)).ino, ino);
  assert.deepEqual(await readdir(folder), ["config"]);
});

test("a symbolic link stays one; what it leads to changes, and is emptied rather than removed", async () => {
  const target = join(folder, "elsewhere");
  await writeFile(target, "");
  await symlink("elsewhere", path);
  await update(path, add);
  assert.ok((await lstat(path)).isSymbolicLink());
  assert.equal(await readFile(target, "utf8"), add(""));
  await update(path, (text) => removeContext(text, "basics"));
  assert.equal(await readFile(target, "utf8"), "");
});

const unreadable: [string, string, number][] = [
  ["is not YAML", "apiVersion: v1\ncontexts:\n- name: a\n\tcontext: b\n", 4],
  ["has several documents", "kind: Config\n---\nkind: Config\n", 2],
];

for (const [what, broken, line] of unreadable)
  test(`a file that ${what} is an error with its place, and nothing is written`, async () => {
    await writeFile(path, broken);
    await assert.rejects(update(path, add), (error) => {
      assert.ok(error instanceof LabwrightError);
      assert.ok(error.message.startsWith(`${path}:${line}:`), error.message);
      return true;
    });
    assert.equal(await readFile(path, "utf8"), broken);
    assert.deepEqual(await readdir(folder), ["config"]);
  });

test("where the new file cannot be moved into its place, the old one stays, and no draft is left", async () => {
  await mkdir(join(path, "in the way"), { recursive: true });
  await assert.rejects(update(path, add), hasCode("kubeconfig-no-file"));
  await rm(path, { recursive: true });
  await writeFile(path, kubectlStyle);
  await mkdir(join(`${folder}.lab/kubeconfig.before`, "in the way"), { recursive: true });
  await assert.rejects(update(path, add), hasCode("kubeconfig-write"));
  assert.equal(await readFile(path, "utf8"), kubectlStyle);
  assert.deepEqual(await readdir(folder), ["config"]);
});

test("whoever reads during a write, and after one that was killed, finds the old file or the new, whole", {
  timeout: 120_000,
}, async () => {
  const texts = ["a", "b"].map((letter) => `# ${letter.repeat(3_000_000)}\n`);
  const [size = 0] = texts.map((text) => text.length);
  const script = `
    import { updateKubeconfig } from ${JSON.stringify(join(import.meta.dirname, "../../src/kubeconfig/file.ts"))};
    const backup = ${JSON.stringify(`${folder}.lab/before`)};
    const texts = ["a", "b"].map((letter) => "# " + letter.repeat(3_000_000) + "\\n");
    await updateKubeconfig(${JSON.stringify(path)}, () => texts[0], { backup });
    console.log("begun");
    for (let round = 1; ; round += 1) await updateKubeconfig(${JSON.stringify(path)}, () => texts[round % 2], { backup });`;
  for (let round = 0; round < 5; round += 1) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data", { signal: AbortSignal.timeout(20_000) });
    try {
      const inodes = new Set<number>();
      for (
        const until = Date.now() + 300 + Math.random() * 60;
        Date.now() < until || inodes.size < 3;
        await sleep(0)
      ) {
        const found = await stat(path);
        assert.equal(found.size, size, "a part of the file was seen");
        inodes.add(found.ino);
      }
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    assert.ok(texts.includes(await readFile(path, "utf8")), `round ${round}`);
  }
});

test("a link that leads nowhere yet stays a link", async () => {
  await symlink("later", path);
  await update(path, add);
  assert.ok((await lstat(path)).isSymbolicLink());
  assert.equal(await readFile(join(folder, "later"), "utf8"), add(""));
});

test("many at once lose nothing", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `lab${index}`);
  await writeFile(path, kubectlStyle);
  await Promise.all(names.map((name) => update(path, (text) => addContext(text, lab(name)))));
  const text = await readFile(path, "utf8");
  for (const name of names) assert.match(text, new RegExp(`^- name: labwright-${name}$`, "m"));
  for (const name of names) await update(path, (now) => removeContext(now, name));
  assert.equal(await readFile(path, "utf8"), kubectlStyle);
});

test("kubectl's lock is waited for; one that stays is an error; one that is old was left by the dead", async () => {
  const lock = `${path}.lock`;
  await writeFile(lock, "");
  setTimeout(() => rm(lock), 300);
  const begin = performance.now();
  await update(path, add);
  assert.ok(performance.now() - begin >= 250);

  await writeFile(lock, "");
  const quick = { code: "kubeconfig-locked", what: "the kubeconfig", patience: 200 };
  await assert.rejects(
    withLock(lock, quick, async () => {}),
    (error) => {
      assert.ok(hasCode("kubeconfig-locked")(error) && error instanceof LabwrightError);
      assert.ok(error.remedy.endsWith(`delete ${lock}.`), error.remedy);
      return true;
    },
  );

  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);
  assert.equal(await withLock(lock, quick, async () => "mine"), "mine");
  assert.deepEqual((await readdir(folder)).sort(), ["config"]);
});

test("the lock is given back also where the change fails", async () => {
  await assert.rejects(
    update(path, () => {
      throw new LabwrightError({ code: "x", message: "no", remedy: "none" });
    }),
    hasCode("x"),
  );
  assert.deepEqual(await readdir(folder), []);
});

const root = process.getuid?.() === 0 ? false : "only root makes devices and mounts";

test("a device, a folder and a pipe are refused, before and while changing, and stay what they are", {
  skip: root,
}, async () => {
  for (const make of [`mknod ${path} c 1 3`, `mkdir ${path}`, `mkfifo ${path}`]) {
    execFileSync("sh", ["-c", make]);
    const { mode } = await lstat(path);
    await assert.rejects(assertCanUpdate(path), hasCode("kubeconfig-no-file"));
    await assert.rejects(update(path, add), hasCode("kubeconfig-no-file"));
    assert.equal((await lstat(path)).mode, mode);
    assert.deepEqual(await readdir(folder), ["config"]);
    await rm(path, { recursive: true });
  }
});

test("a file that is mounted is written in place, and only emptied at the end", { skip: root }, async () => {
  const source = join(folder, "source");
  await writeFile(source, "");
  await writeFile(path, "");
  execFileSync("mount", ["--bind", source, path]);
  try {
    await assertCanUpdate(path);
    await update(path, add);
    assert.equal(await readFile(source, "utf8"), add(""));
    await update(path, (text) => addContext(text, lab("other")));
    await update(path, (text) => removeContext(text, "other"));
    assert.equal(await readFile(source, "utf8"), add(""));
    await update(path, (text) => removeContext(text, "basics"));
    assert.equal(await readFile(source, "utf8"), "");
  } finally {
    execFileSync("umount", [path]);
  }
  assert.deepEqual((await readdir(folder)).sort(), ["config", "source"]);
});

test("what cannot be written is known before: a place that cannot be made, a read-only folder, no YAML", {
  skip: root,
}, async () => {
  await assert.rejects(assertCanUpdate("/sys/nope/config"), hasCode("kubeconfig-write"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", folder]);
  try {
    await assert.rejects(assertCanUpdate(path), hasCode("kubeconfig-write"));
  } finally {
    execFileSync("umount", [folder]);
  }
  await writeFile(path, "users: [");
  await assert.rejects(assertCanUpdate(path), /config:1/);
  assert.deepEqual(await readdir(folder), ["config"]);
});

test("looking whether a file can be changed leaves nothing, also no folder", async () => {
  await assertCanUpdate(join(folder, "new", ".kube", "config"));
  assert.deepEqual(await readdir(folder), []);
  await writeFile(path, kubectlStyle);
  const { mtimeMs, ino } = await stat(path);
  await assertCanUpdate(path);
  assert.deepEqual([(await stat(path)).mtimeMs, (await stat(path)).ino], [mtimeMs, ino]);
});

test("a link's backup is not beside it nor beside what it leads to, and own files with our names stay", async () => {
  const dotfiles = join(folder, "dotfiles");
  await mkdir(dotfiles);
  await writeFile(join(dotfiles, "kube"), kubectlStyle);
  await symlink("dotfiles/kube", path);
  const own = ["config.labwright-backup", "config.labwright-new", "dotfiles/kube.labwright-new-mine"];
  for (const name of own) await writeFile(join(folder, name), "mine");
  await update(path, add);
  await update(path, (text) => removeContext(text, "basics"));
  for (const name of own) assert.equal(await readFile(join(folder, name), "utf8"), "mine");
  assert.deepEqual((await readdir(folder)).sort(), ["config", ...own.slice(0, 2), "dotfiles"].sort());
  assert.deepEqual(await readdir(dotfiles), ["kube", "kube.labwright-new-mine"]);
});

test("a draft that a killed run has left goes with the next change", async () => {
  await writeFile(`${path}.labwright-new-999999999-1`, "keys");
  await update(path, add);
  assert.deepEqual(await readdir(folder), ["config"]);
});
