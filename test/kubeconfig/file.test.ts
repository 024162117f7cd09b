import assert from "node:assert/strict";
import { spawn } from "node:child_process";
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
import { kubeconfigPath, updateKubeconfig } from "../../src/kubeconfig/file.ts";
import { withFileLock } from "../../src/kubeconfig/file-lock.ts";
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

const add = (text: string) => addContext(text, lab());
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
const hasCode = (code: string) => (error: unknown) => error instanceof LabwrightError && error.code === code;

test("the path is KUBECONFIG's first entry, else the one in the home folder", () => {
  assert.equal(kubeconfigPath({ KUBECONFIG: "/a/b:/c" }), "/a/b");
  assert.equal(kubeconfigPath({ KUBECONFIG: ":/c" }), "/c");
  assert.equal(kubeconfigPath({ KUBECONFIG: "", HOME: "/home/me" }), "/home/me/.kube/config");
  assert.equal(kubeconfigPath({}), join(homedir(), ".kube", "config"));
});

test("a new file is made with its folder, for its owner alone, and goes away with its only context", async () => {
  path = join(folder, "new", ".kube", "config");
  assert.equal(await updateKubeconfig(path, add), true);
  assert.equal(await modeOf(path), 0o600);
  assert.deepEqual(await readdir(join(folder, "new", ".kube")), ["config"]);
  assert.equal(await updateKubeconfig(path, (text) => removeContext(text, "basics")), true);
  assert.deepEqual(await readdir(join(folder, "new", ".kube")), []);
});

test("mode and owner stay, and a backup of what was has the mode 0600", async () => {
  await writeFile(path, kubectlStyle);
  await chmod(path, 0o640);
  const { uid, gid } = await stat(path);
  await updateKubeconfig(path, add);
  assert.equal(await modeOf(path), 0o640);
  assert.deepEqual([(await stat(path)).uid, (await stat(path)).gid], [uid, gid]);
  assert.equal(await readFile(`${path}.labwright-backup`, "utf8"), kubectlStyle);
  assert.equal(await modeOf(`${path}.labwright-backup`), 0o600);
  assert.deepEqual((await readdir(folder)).sort(), ["config", "config.labwright-backup"]);
});

test("a file of another owner stays theirs", {
  skip: process.getuid?.() !== 0 && "only root can give files away",
}, async () => {
  await writeFile(path, kubectlStyle);
  const { chown } = await import("node:fs/promises");
  await chown(path, 12345, 12346);
  await updateKubeconfig(path, add);
  assert.deepEqual([(await stat(path)).uid, (await stat(path)).gid], [12345, 12346]);
});

test("nothing is written where nothing changes", async () => {
  await writeFile(path, kubectlStyle);
  const { ino } = await stat(path);
  assert.equal(await updateKubeconfig(path, (text) => text), false);
  assert.equal((await stat(path)).ino, ino);
  assert.deepEqual(await readdir(folder), ["config"]);
});

test("a symbolic link stays one; what it leads to changes, and is emptied rather than removed", async () => {
  const target = join(folder, "elsewhere");
  await writeFile(target, "");
  await symlink("elsewhere", path);
  await updateKubeconfig(path, add);
  assert.ok((await lstat(path)).isSymbolicLink());
  assert.equal(await readFile(target, "utf8"), add(""));
  await updateKubeconfig(path, (text) => removeContext(text, "basics"));
  assert.equal(await readFile(target, "utf8"), "");
});

test("a file that is no YAML is told with its place, and nothing is written", async () => {
  const broken = "apiVersion: v1\ncontexts:\n- name: a\n\tcontext: b\n";
  await writeFile(path, broken);
  await assert.rejects(updateKubeconfig(path, add), (error) => {
    assert.ok(error instanceof LabwrightError);
    assert.ok(error.message.startsWith(`${path}:4:`), error.message);
    return true;
  });
  assert.equal(await readFile(path, "utf8"), broken);
  assert.deepEqual(await readdir(folder), ["config"]);
});

test("where the new file cannot be moved into its place, the old one stays, and no draft is left", async () => {
  await mkdir(join(path, "in the way"), { recursive: true });
  await assert.rejects(updateKubeconfig(path, add), hasCode("kubeconfig-write"));
  await rm(path, { recursive: true });
  await writeFile(path, kubectlStyle);
  await mkdir(join(`${path}.labwright-backup`, "in the way"), { recursive: true });
  await assert.rejects(updateKubeconfig(path, add), hasCode("kubeconfig-write"));
  assert.equal(await readFile(path, "utf8"), kubectlStyle);
  assert.deepEqual((await readdir(folder)).sort(), ["config", "config.labwright-backup"]);
});

test("whoever reads during a write, and after one that was killed, finds the old file or the new, whole", {
  timeout: 120_000,
}, async () => {
  const texts = ["a", "b"].map((letter) => `# ${letter.repeat(3_000_000)}\n`);
  const [size = 0] = texts.map((text) => text.length);
  const script = `
    import { updateKubeconfig } from ${JSON.stringify(join(import.meta.dirname, "../../src/kubeconfig/file.ts"))};
    const texts = ["a", "b"].map((letter) => "# " + letter.repeat(3_000_000) + "\\n");
    await updateKubeconfig(${JSON.stringify(path)}, () => texts[0]);
    console.log("begun");
    for (let round = 1; ; round += 1) await updateKubeconfig(${JSON.stringify(path)}, () => texts[round % 2]);`;
  for (let round = 0; round < 5; round += 1) {
    await rm(`${path}.lock`, { force: true });
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
  await updateKubeconfig(path, add);
  assert.ok((await lstat(path)).isSymbolicLink());
  assert.equal(await readFile(join(folder, "later"), "utf8"), add(""));
});

test("many at once lose nothing", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `lab${index}`);
  await writeFile(path, kubectlStyle);
  await Promise.all(names.map((name) => updateKubeconfig(path, (text) => addContext(text, lab(name)))));
  const text = await readFile(path, "utf8");
  for (const name of names) assert.match(text, new RegExp(`^- name: labwright-${name}$`, "m"));
  for (const name of names) await updateKubeconfig(path, (now) => removeContext(now, name));
  assert.equal(await readFile(path, "utf8"), kubectlStyle);
});

test("kubectl's lock is waited for; one that stays is an error; one that is old was left by the dead", async () => {
  const lock = `${path}.lock`;
  await writeFile(lock, "");
  setTimeout(() => rm(lock), 300);
  const begin = performance.now();
  await updateKubeconfig(path, add);
  assert.ok(performance.now() - begin >= 250);

  await writeFile(lock, "");
  await assert.rejects(
    withFileLock(lock, async () => {}, 200),
    hasCode("kubeconfig-locked"),
  );

  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);
  assert.equal(await withFileLock(lock, async () => "mine", 200), "mine");
  assert.deepEqual((await readdir(folder)).sort(), ["config"]);
});

test("the lock is given back also where the change fails", async () => {
  await assert.rejects(
    updateKubeconfig(path, () => {
      throw new LabwrightError({ code: "x", message: "no", remedy: "none" });
    }),
    hasCode("x"),
  );
  assert.deepEqual(await readdir(folder), []);
});
