import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { withLock } from "../../src/local/lock.ts";
import { startOf } from "../../src/local/process-start.ts";

const childFile = join(import.meta.dirname, "lock-child.ts");
const command = "labwright test";
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

const start = (at: number, hold: number): ChildProcess =>
  spawn(process.execPath, [childFile, folder, log, String(at), String(hold)], {
    stdio: ["ignore", "pipe", "inherit"],
  });

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = await once(child, "exit");
  return code;
}

/** A child that has the lock and keeps it until it is killed. */
async function holder(): Promise<ChildProcess> {
  const child = start(0, 60_000);
  if (child.stdout) await once(child.stdout, "data", { signal: AbortSignal.timeout(20_000) });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await exitOf(child);
}

const isLocked = (error: unknown): error is LabwrightError =>
  error instanceof LabwrightError && error.code === "lab-locked";

test("work runs under the lock, which is gone afterwards, also where the work fails", async () => {
  const result = await withLock(folder, { command }, async () => (await readdir(folder)).length);
  assert.equal(result, 1);
  assert.deepEqual(await readdir(folder), []);
  await assert.rejects(
    withLock(folder, { command }, () => Promise.reject(new Error("broken"))),
    /broken/,
  );
  assert.deepEqual(await readdir(folder), []);
});

test("a second run is refused at once and told who holds the lab, since when", async () => {
  const child = await holder();
  const before = performance.now();
  await assert.rejects(
    withLock(folder, { command }, async () => {}),
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
  await withLock(folder, { command }, () =>
    assert.rejects(
      withLock(folder, { command }, async () => {}),
      isLocked,
    ),
  );
});

test("a lock that a killed run left is taken over, again and again, and nothing is left", async () => {
  for (let times = 0; times < 3; times += 1) await kill(await holder());
  assert.ok((await readdir(folder)).length > 1, "killed runs leave their locks");
  await withLock(folder, { command }, async () => {});
  assert.deepEqual(await readdir(folder), []);
});

test("a lock whose process number belongs to another process now is taken over", async () => {
  await kill(await holder());
  const lock = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  const forged = { ...lock, pid: process.pid, start: `${startOf(process.pid)}1` };
  await writeFile(join(folder, "lock"), JSON.stringify(forged));
  await withLock(folder, { command }, async () => {});
  await writeFile(join(folder, "lock"), JSON.stringify({ ...forged, start: startOf(process.pid) }));
  await assert.rejects(
    withLock(folder, { command }, async () => {}),
    isLocked,
  );
});

test("a lock of another computer is not taken over, and a damaged one is", async () => {
  await kill(await holder());
  const lock = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  await writeFile(join(folder, "lock"), JSON.stringify({ ...lock, host: "elsewhere", space: "another" }));
  await assert.rejects(
    withLock(folder, { command }, async () => {}),
    isLocked,
  );
  await writeFile(join(folder, "lock"), "{");
  await withLock(folder, { command }, async () => {});
  assert.deepEqual(await readdir(folder), []);
});

test("a lock is known by its process although this computer has another name now", async () => {
  const child = await holder();
  const lock = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  await writeFile(join(folder, "lock"), JSON.stringify({ ...lock, host: "old-name" }));
  await assert.rejects(
    withLock(folder, { command }, async () => {}),
    isLocked,
  );
  await kill(child);
  await withLock(folder, { command }, async () => {});
  assert.deepEqual(await readdir(folder), []);
});

test("a lock of a computer or container that is gone is taken over once it has been silent for minutes", async () => {
  await kill(await holder());
  const lock = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
  const forged = { ...lock, host: "elsewhere", space: "another" };
  await writeFile(join(folder, "lock"), JSON.stringify(forged));
  await assert.rejects(
    withLock(folder, { command }, async () => {}),
    isLocked,
  );
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await utimes(join(folder, "lock"), minutesAgo(4), minutesAgo(4));
  await assert.rejects(
    withLock(folder, { command }, async () => {}),
    isLocked,
  );
  const { space: _, ...silent } = forged;
  await writeFile(join(folder, "lock"), JSON.stringify(silent));
  await utimes(join(folder, "lock"), minutesAgo(9), minutesAgo(9));
  await assert.rejects(
    withLock(folder, { command }, async () => {}),
    isLocked,
    "an older labwright gives no signs of life",
  );
  await writeFile(join(folder, "lock"), JSON.stringify(forged));
  await utimes(join(folder, "lock"), minutesAgo(9), minutesAgo(9));
  await withLock(folder, { command }, async () => {});
  assert.deepEqual(await readdir(folder), []);
});

test("a holder gives a sign of life, and what it says of itself stays whole", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  await withLock(folder, { command }, async () => {
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
    await withLock(${JSON.stringify(folder)}, { command: "x" }, async () => process.exit(5));`;
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
      await withLock(folder, { command: "x" }, async () => {
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
  await withLock(folder, { command }, async () => {});
  assert.deepEqual(await readdir(folder), []);
});
