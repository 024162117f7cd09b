import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { withLock } from "../../src/local/lock.ts";
import { startOf } from "../../src/local/process-start.ts";

const childFile = join(import.meta.dirname, "lock-child.ts");
let base = "";
let folder = "";
let log = "";
let runs = 0;

before(async () => {
  base = await mkdtemp(join(tmpdir(), "labwright-lock-"));
});
after(() => rm(base, { recursive: true, force: true }));
beforeEach(() => {
  runs += 1;
  folder = join(base, `lab-${runs}`);
  log = join(base, `log-${runs}`);
});

const options = { code: "lab-locked", what: "the lab basics" };
const lock = <T>(work: () => Promise<T>): Promise<T> => withLock(join(folder, "lock"), options, work);

const start = (at: number, hold: number, patience = 0, flags: string[] = []): ChildProcess =>
  spawn(process.execPath, [...flags, childFile, folder, log, String(at), String(hold), String(patience)], {
    stdio: ["ignore", "pipe", "inherit"],
  });

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = await once(child, "exit");
  return code;
}

/** A child that has the lock and keeps it until it is killed. */
async function holder(flags: string[] = []): Promise<ChildProcess> {
  const child = start(0, 60_000, 0, flags);
  await word(child);
  return child;
}

async function word(child: ChildProcess): Promise<void> {
  if (child.stdout) await once(child.stdout, "data", { signal: AbortSignal.timeout(20_000) });
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await exitOf(child);
}

const isLocked = (error: unknown): error is LabwrightError =>
  error instanceof LabwrightError && error.code === "lab-locked";

test("work runs under the lock, which is gone afterwards, also where the work fails", async () => {
  const result = await lock(async () => (await readdir(folder)).length);
  assert.equal(result, 1);
  assert.deepEqual(await readdir(folder), []);
  await assert.rejects(
    lock(() => Promise.reject(new Error("broken"))),
    /broken/,
  );
  assert.deepEqual(await readdir(folder), []);
});

test("a second run is refused at once and told who holds the lab, since when", async () => {
  const child = await holder();
  const before = performance.now();
  await assert.rejects(
    lock(async () => {}),
    (error) => {
      assert.ok(isLocked(error));
      assert.match(
        error.message,
        new RegExp(`\`labwright up\` \\(process ${child.pid} on ${hostname()}\\).* since 20`),
      );
      return true;
    },
  );
  assert.ok(performance.now() - before < 1000);
  await kill(child);
});

test("a second run in the same process is refused too", async () => {
  await lock(() =>
    assert.rejects(
      lock(async () => {}),
      isLocked,
    ),
  );
});

test("a lock that a killed run left is taken over, again and again, and nothing is left", async () => {
  for (let times = 0; times < 3; times += 1) await kill(await holder());
  assert.ok((await readdir(folder)).length > 1, "killed runs leave their locks");
  await lock(async () => {});
  assert.deepEqual(await readdir(folder), []);
});

test("a lock whose process number belongs to another process now is taken over", async () => {
  await kill(await holder());
  const left = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  const forged = { ...left, pid: process.pid, start: `${startOf(process.pid)}1` };
  await writeFile(join(folder, "lock"), JSON.stringify(forged));
  await lock(async () => {});
  await writeFile(join(folder, "lock"), JSON.stringify({ ...forged, start: startOf(process.pid) }));
  await assert.rejects(
    lock(async () => {}),
    isLocked,
  );
});

test("a lock of another computer is not taken over, and a damaged one is after some seconds", async () => {
  await kill(await holder());
  const left = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  await writeFile(join(folder, "lock"), JSON.stringify({ ...left, host: "elsewhere", space: "another" }));
  await assert.rejects(
    lock(async () => {}),
    isLocked,
  );
  await writeFile(join(folder, "lock"), "{");
  await assert.rejects(
    lock(async () => {}),
    isLocked,
  );
  const before = new Date(Date.now() - 11_000);
  await utimes(join(folder, "lock"), before, before);
  await lock(async () => {});
  assert.deepEqual(await readdir(folder), []);
});

test("a lock is known by its process although this computer has another name now", async () => {
  const child = await holder();
  const left = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  await writeFile(join(folder, "lock"), JSON.stringify({ ...left, host: "old-name" }));
  await assert.rejects(
    lock(async () => {}),
    isLocked,
  );
  await kill(child);
  await lock(async () => {});
  assert.deepEqual(await readdir(folder), []);
});

const renamed = `data:text/javascript,
  import os from "node:os";
  import { syncBuiltinESMExports } from "node:module";
  os.hostname = () => "old-name";
  syncBuiltinESMExports();`;

test("a lock that was taken under another name of this computer is held, and goes with its process", async () => {
  const child = await holder(["--import", renamed]);
  await assert.rejects(
    lock(async () => {}),
    (error) => isLocked(error) && error.message.includes(`(process ${child.pid} on old-name)`),
  );
  await kill(child);
  await lock(async () => {});
  assert.deepEqual(await readdir(folder), []);
});

test("a process of a container that has this computer's name is not looked for among ours", async () => {
  await kill(await holder());
  const left = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  const space = left.space.replace(/pid:.*/, "pid:[1]");
  await writeFile(join(folder, "lock"), JSON.stringify({ ...left, space }));
  await assert.rejects(
    lock(async () => {}),
    isLocked,
  );
});

test("where the holder cannot be judged, the error names the file to remove", async () => {
  await kill(await holder());
  const file = join(folder, "lock");
  const left = JSON.parse(await readFile(file, "utf8"));
  const refused = async (message: RegExp) => {
    await assert.rejects(
      lock(async () => {}),
      (error) => {
        assert.ok(isLocked(error));
        assert.match(error.message, message);
        assert.ok(error.remedy.endsWith(`delete ${file}.`), error.remedy);
        return true;
      },
    );
    await rm(file, { recursive: true });
    await lock(async () => {});
    assert.deepEqual(await readdir(folder), []);
  };
  await writeFile(file, JSON.stringify({ ...left, host: "elsewhere", space: "another" }));
  await refused(
    /^the lab basics is in use: `labwright up` \(process \d+ on elsewhere\) has been running since 20/,
  );
  await writeFile(file, "");
  await refused(/does not name an owner/);
  // Root may read every file, so that a folder stands for one that may not be read.
  await mkdir(file);
  await refused(/cannot be read: EISDIR/);
});

test("of two that wait for a killed holder one has the lock after the other", {
  timeout: 60_000,
}, async () => {
  const first = await holder();
  await writeFile(log, "");
  const waiters = [start(0, 300, 40_000), start(0, 300, 40_000)];
  await Promise.all(waiters.map(word));
  assert.equal(await readFile(log, "utf8"), "", "both wait");
  await kill(first);
  assert.deepEqual(await Promise.all(waiters.map(exitOf)), [0, 0]);
  const words = (await readFile(log, "utf8")).trim().split("\n");
  const [one, other] = [words[0], words[2]].map((line) => line?.replace("begin ", ""));
  assert.notEqual(one, other);
  assert.deepEqual(words, [`begin ${one}`, `end ${one}`, `begin ${other}`, `end ${other}`]);
  assert.deepEqual(await readdir(folder), []);
});

test("waiting ends with its time, and with its signal", async () => {
  await lock(async () => {
    const wait = (patience: number, signal?: AbortSignal) =>
      withLock(join(folder, "lock"), { ...options, patience, signal }, async () => {});
    const before = performance.now();
    await assert.rejects(wait(200), isLocked);
    assert.ok(performance.now() - before >= 200);
    await assert.rejects(wait(60_000, AbortSignal.timeout(100)));
    assert.ok(performance.now() - before < 20_000);
    assert.deepEqual(await readdir(folder), ["lock"]);
  });
});

test("a folder without hard links has locks too", async (context) => {
  const link = context.mock.method(fs, "linkSync", () => {
    throw Object.assign(new Error("no links"), { code: "EPERM" });
  });
  syncBuiltinESMExports();
  try {
    await lock(() =>
      assert.rejects(
        lock(async () => {}),
        isLocked,
      ),
    );
    assert.ok(link.mock.callCount() > 0);
  } finally {
    link.mock.restore();
    syncBuiltinESMExports();
  }
  assert.deepEqual(await readdir(folder), []);
});

test("somebody's own file beside the lock stays", async () => {
  await kill(await holder());
  await writeFile(join(folder, "lock.bak"), "mine");
  await lock(async () => {});
  assert.deepEqual(await readdir(folder), ["lock.bak"]);
});

test("a lock of a computer or container that is gone is taken over once it has been silent for minutes", async () => {
  await kill(await holder());
  const left = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  const forged = { ...left, host: "elsewhere", space: "another" };
  await writeFile(join(folder, "lock"), JSON.stringify(forged));
  await assert.rejects(
    lock(async () => {}),
    isLocked,
  );
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await utimes(join(folder, "lock"), minutesAgo(4), minutesAgo(4));
  await assert.rejects(
    lock(async () => {}),
    isLocked,
  );
  const { space: _, ...silent } = forged;
  await writeFile(join(folder, "lock"), JSON.stringify(silent));
  await utimes(join(folder, "lock"), minutesAgo(9), minutesAgo(9));
  await assert.rejects(
    lock(async () => {}),
    isLocked,
    "an older labwright gives no signs of life",
  );
  await writeFile(join(folder, "lock"), JSON.stringify(forged));
  await utimes(join(folder, "lock"), minutesAgo(9), minutesAgo(9));
  await lock(async () => {});
  assert.deepEqual(await readdir(folder), []);
});

test("a holder gives a sign of life, and what it says of itself stays whole", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  await lock(async () => {
    const file = join(folder, "lock");
    const text = await readFile(file, "utf8");
    await utimes(file, new Date(0), new Date(0));
    context.mock.timers.tick(10_000);
    assert.ok((await stat(file)).mtimeMs > 0);
    assert.equal(await readFile(file, "utf8"), text);
  });
});

test("a process that exits in the middle takes its lock with it", async () => {
  const script = `
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, "../../src/local/lock.ts"))};
    await withLock(${JSON.stringify(join(folder, "lock"))}, ${JSON.stringify(options)}, async () => process.exit(5));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
  assert.equal(await exitOf(child), 5);
  assert.deepEqual(await readdir(folder), []);
});

test("of many that take over a dead lock at the same moment exactly one wins", {
  timeout: 120_000,
}, async () => {
  await kill(await holder());
  const startTime = Date.now() + 4000;
  const children = Array.from({ length: 12 }, () => start(startTime, 60_000));
  // On a busy computer some begin late: the winner holds the lock until all others have tried.
  const ends = children.map(exitOf);
  await new Promise<void>((done) => {
    let ended = 0;
    for (const end of ends) end.then(() => ++ended === children.length - 1 && done());
  });
  for (const child of children) if (child.exitCode === null) child.kill("SIGTERM");
  const codes = await Promise.all(ends);
  assert.deepEqual(codes.toSorted(), [0, ...Array.from({ length: 11 }, () => 7)]);
  assert.deepEqual(await readdir(folder), []);
});

test("never do two hold the lab, however often it changes hands and dead locks come up", {
  timeout: 120_000,
}, async () => {
  const inside = join(base, "inside");
  const script = `
    import { closeSync, linkSync, openSync, unlinkSync, writeFileSync } from "node:fs";
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, "../../src/local/lock.ts"))};
    const [folder, inside] = ${JSON.stringify([folder, inside])};
    function leaveDeadLock(id) {
      const dead = { id, pid: process.pid, host: ${JSON.stringify(hostname())}, start: "0", command: "x", since: "" };
      writeFileSync(folder + "/dead-" + id, JSON.stringify(dead));
      try { linkSync(folder + "/dead-" + id, folder + "/lock"); } catch {}
      unlinkSync(folder + "/dead-" + id);
    }
    let held = 0;
    for (const until = Date.now() + 4000; Date.now() < until; ) {
      await withLock(folder + "/lock", ${JSON.stringify(options)}, async () => {
        closeSync(openSync(inside, "wx"));
        unlinkSync(inside);
        held += 1;
      }).then(() => leaveDeadLock(process.pid + "-" + held), (error) => {
        if (error.code !== "lab-locked") throw error;
      });
    }
    process.exitCode = held > 0 ? 0 : 3;`;
  const run = () => spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
  const codes = await Promise.all(Array.from({ length: 6 }, () => exitOf(run())));
  assert.deepEqual(codes, [0, 0, 0, 0, 0, 0]);
  await lock(async () => {});
  assert.deepEqual(await readdir(folder), []);
});
