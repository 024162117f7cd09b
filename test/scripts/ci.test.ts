import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const root = join(import.meta.dirname, "../..");
let base = "";
let folder = "";
let log = "";
let runs = 0;

before(async () => {
  base = await mkdtemp(join(tmpdir(), "labwright-ci-"));
});
after(() => rm(base, { recursive: true, force: true }));
beforeEach(async () => {
  runs += 1;
  folder = join(base, String(runs));
  log = join(folder, "log");
  await mkdir(folder);
  await writeFile(log, "");
});

/** A program that writes its call and its settings into the log, and then does what `body` says. */
async function stub(file: string, body = ""): Promise<void> {
  const settings = `\${LABWRIGHT_SOURCE:+ source=$LABWRIGHT_SOURCE}\${LABWRIGHT_CONTRACT:+ contract=$LABWRIGHT_CONTRACT}`;
  await writeFile(file, `#!/bin/sh\ncall="\${0##*/} $*"\necho "$call${settings}" >>${log}\n${body}\n`);
  await chmod(file, 0o755);
}

const start = (file: string, ...args: string[]) => {
  const { LABWRIGHT_SOURCE: _, LABWRIGHT_CONTRACT: __, ...env } = process.env;
  const child = spawn(file, args, { env: { ...env, PATH: `${folder}:/usr/bin:/bin` }, stdio: "ignore" });
  return { child, code: once(child, "close").then(([code]) => code) };
};

/** The stages with every command stubbed; `body` decides how each ends. */
async function startStages(body = ""): Promise<ReturnType<typeof start>> {
  for (const name of ["npm", "node"]) await stub(join(folder, name), body);
  return start(process.execPath, join(root, "scripts/ci.ts"));
}

const calls = async (): Promise<string[]> => (await readFile(log, "utf8")).trimEnd().split("\n");

const all = [
  "npm test",
  "npm start source=modules",
  "node src/main.ts down source=modules",
  "node src/main.ts doctor --fix --provider incus source=modules",
  "npm run contract source=modules contract=quick",
  "npm run e2e source=modules",
  "node src/main.ts doctor --stop-engine source=modules",
];
const stop = all.slice(-1);

const endings: [string, string, number, string[]][] = [
  ["all stages pass", "", 0, all],
  ["there is no Incus", "case $call in *incus) exit 1;; esac", 0, all],
  ["the unit tests fail", 'case $call in "npm test") exit 3;; esac', 3, all.slice(0, 1)],
  ["a lab fails", 'case $call in "npm start") exit 4;; esac', 4, [...all.slice(0, 2), ...stop]],
  ["the last stage fails", "case $call in *e2e) exit 5;; esac", 5, all],
  ["the engine does not stop", "case $call in *--stop-engine) exit 6;; esac", 6, all],
];

for (const [what, body, code, expected] of endings)
  test(`CI stages: ${what}`, async () => {
    assert.equal(await (await startStages(body)).code, code);
    assert.deepEqual(await calls(), expected);
  });

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  test(`CI stages: after ${signal} nothing follows but the engine's stop`, async () => {
    const { child, code: ended } = await startStages('case $call in "npm start") sleep 2;; esac');
    while ((await calls()).length < 2) await sleep(50);
    child.kill(signal);
    assert.equal(await ended, code);
    assert.deepEqual(await calls(), [...all.slice(0, 2), ...stop]);
  });

test(".ci/run needs no packages of npm's before it has installed them", async () => {
  await mkdir(join(folder, ".ci"));
  await copyFile(join(root, ".ci/run"), join(folder, ".ci/run"));
  const bin = join(folder, "node_modules/.bin");
  await stub(join(folder, "apt-get"));
  await stub(join(folder, "node"), "exit 1");
  await stub(
    join(folder, "npm"),
    `mkdir -p ${bin} && sed 's/^exit 1$//' ${folder}/node >${bin}/node && chmod +x ${bin}/node`,
  );
  assert.equal(await start(join(folder, ".ci/run")).code, 0);
  const ours = (await calls()).filter((call) => !call.startsWith("apt-get"));
  assert.deepEqual(ours, ["npm ci --no-audit --no-fund", "node scripts/ci.ts"]);
});
