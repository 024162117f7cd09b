import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "../../src/hosts/sh.ts";
import { liveSet } from "../../src/lab/machine-set.ts";
import { labFolder } from "../../src/paths.ts";
import { extraSpares, noteExtraSpares } from "../../src/spares/record.ts";
import { type Neighbour, neighbourOf } from "./neighbour.ts";
import { destroyed, hostKeysIn, leadsThere, listedSpares, refilled, told } from "./spares.ts";
import { isShort, long, outputOf, succeeds, type TestLab, testLab } from "./support.ts";

/** A lab with an entrance is damaged and reset from spares; a client asks another lab all the time. */
const name = "e2e-spare";
const text = `machines:
  - { name: cp, role: control-plane }
  - { name: w1, role: worker }
entrance: true
`;
let lab: TestLab;
let neighbour: Neighbour | undefined;

before(async () => {
  lab = await testLab(name, text);
  await lab.labwright(["down"]);
  succeeds(await lab.labwright(["up"]));
  if (!isShort) neighbour = await neighbourOf(name);
});
after(async () => {
  await lab?.labwright(["down"]);
  await neighbour?.remove();
  assert.deepEqual(await lab.leftovers(), []);
});

/** Runs a command as root on a machine of the set that people work with. */
async function inside(machine: string, script: string): Promise<string> {
  const set = await liveSet(name);
  return lab.inside(set === "1" ? machine : `${set}.${machine}`, script);
}

/** nginx and the API server at the entrance, and a login with the host key that was always there. */
async function leads(): Promise<void> {
  const kubeconfig = await readFile(lab.kubeconfig, "utf8");
  const [, api = ""] = /server: https:\/\/(127\.0\.0\.1:\d+)/.exec(kubeconfig) ?? [];
  const { ports } = JSON.parse(await readFile(join(labFolder(name), "entrance.json"), "utf8"));
  assert.equal(api, `127.0.0.1:${ports["api-server"]}`);
  await leadsThere(lab);
  const page = await fetch(`http://127.0.0.1:${ports["node-port.30080"]}/`);
  assert.equal(page.status, 200);
}

/** When, in seconds since now, nginx was not reached at the entrance over new connections. */
async function watched(): Promise<() => Promise<number[]>> {
  const { ports } = JSON.parse(await readFile(join(labFolder(name), "entrance.json"), "utf8"));
  const url = `http://127.0.0.1:${ports["node-port.30080"]}/`;
  const began = Date.now();
  const failures: number[] = [];
  let isStopped = false;
  const ended = (async () => {
    for (; !isStopped; await sleep(100)) {
      const at = (Date.now() - began) / 1000;
      const signal = AbortSignal.timeout(2000);
      const page = await fetch(url, { headers: { connection: "close" }, signal }).catch(() => undefined);
      if (!(await page?.text().catch(() => undefined))?.includes("nginx")) failures.push(at);
    }
  })();
  return async () => {
    isStopped = true;
    await ended;
    return failures;
  };
}

test("a spare is made while the lab is used, and is frozen", async () => {
  const before = await readFile(lab.kubeconfig, "utf8");
  const added = succeeds(await lab.labwright(["spare", "add"]));
  assert.match(added.output, /Made: 1 spare \(2\), verified and frozen/);
  const { live, wanted, spares } = await listedSpares(lab);
  assert.deepEqual([live, wanted, spares.map(({ set, flaw }) => [set, flaw])], ["1", 1, [["2", undefined]]]);
  const states = await lab.engine.docker.list(
    sh`ps --filter label=labwright.lab=${name} --filter label=labwright.set=2 --format {{.State}}`,
  );
  assert.deepEqual(states, ["paused", "paused"]);
  assert.equal(await readFile(lab.kubeconfig, "utf8"), before);
  await leads();
  assert.match(await outputOf(lab, ["up"]), /Nothing to do/);
});

test("a lab that cannot be repaired takes the spare; the former machines become the next one", async (t) => {
  await inside("cp", destroyed);
  const hostKeys = await hostKeysIn(lab);
  const stop = await watched();
  const ran = succeeds(await lab.labwright(["reset", "--spare"]));
  const failures = await stop();
  t.diagnostic(told(ran));
  t.diagnostic(`nginx was not reached from second ${failures[0]} to second ${failures.at(-1)}`);
  const gaps = failures.filter((at, index) => index > 0 && at - (failures[index - 1] ?? 0) > 2.5);
  assert.deepEqual(gaps, [], `it was reached, and then not: ${failures}`);
  assert.match(ran.output, /^Reset by taking the spare 2, made \d+ (s|min) ago, in/m);
  assert.match(ran.output, /2 nodes: lease renewed since the command began/);
  assert.match(ran.output, /the baseline is equal/);
  assert.match(ran.output, /Spares are made in the background/);
  assert.equal(await liveSet(name), "2");
  await leads();
  assert.deepEqual(await hostKeysIn(lab), hostKeys);
  const { spares } = await refilled(lab);
  assert.deepEqual(
    spares.map(({ set }) => set),
    ["1"],
  );
  assert.match(await outputOf(lab, ["up"]), /Nothing to do/);
  assert.match(await outputOf(lab, ["reset", "--dry-run"]), /^Nothing to reset/);
});

test("without --spare, repairing is tried first, and says why it did not do", { skip: long }, async (t) => {
  await inside("cp", destroyed);
  const ran = succeeds(await lab.labwright(["reset"]));
  t.diagnostic(told(ran));
  t.diagnostic(/A spare did not do:\n.*/.exec(ran.output)?.[0] ?? "");
  assert.match(ran.output, /^Reset by taking the spare/m);
  assert.match(ran.output, /Undoing the differences did not do:/);
  await leads();
  await refilled(lab);
});

test("killed at any moment, a reset is run again, and there is one lab and no orphan", {
  skip: long,
}, async () => {
  for (const killAfter of [300, 1500, 3000, 5000]) {
    await inside("cp", "touch /etc/damaged");
    const killed = await lab.labwright(["reset", "--spare"], { killWhen: /reset e2e-/, killAfter });
    assert.equal(killed.code, null, killed.output);
    const again = await lab.labwright(["reset"]);
    assert.equal(again.code, 0, `${killAfter}: ${killed.output}\n${again.output}`);
    await leads();
    assert.match(await outputOf(lab, ["reset", "--dry-run"]), /^Nothing to reset/);
    // Unless the reset has started one.
    await lab.labwright(["spare", "refill"]);
    await refilled(lab);
    const { spares, live } = await listedSpares(lab);
    assert.equal(spares.length, 1, JSON.stringify(spares));
    const machines = await lab.engine.docker.list(
      sh`ps --all --filter label=labwright.lab=${name} --format {{.Names}}`,
    );
    assert.equal(machines.length, 5, `${live}: ${machines}`);
  }
});

test("`up` of a lab without machines takes a spare, and with --fresh it does not", {
  skip: long,
}, async () => {
  const remove = async (): Promise<void> => {
    const set = await liveSet(name);
    const prefix = set === "1" ? `labwright-${name}` : `labwright-${name}.${set}`;
    await lab.engine.docker.run(sh`rm --force --volumes ${`${prefix}.cp`} ${`${prefix}.w1`}`);
  };
  await remove();
  const up = succeeds(await lab.labwright(["up"]));
  assert.match(up.output, /Done: the lab is from a spare made \d+ (s|min) ago/);
  await leads();
  await refilled(lab);
  await remove();
  const fresh = succeeds(await lab.labwright(["up", "--fresh"]));
  assert.match(fresh.output, /Done: \d+ tasks changed/);
  assert.equal((await listedSpares(lab)).spares.length, 1);
});

test("a spare can be dropped, and is not made again", { skip: long }, async () => {
  const [spare] = (await listedSpares(lab)).spares;
  assert.match(await outputOf(lab, ["spare", "drop", spare?.set ?? ""]), /Removed: 1 spare/);
  assert.deepEqual((await listedSpares(lab)).spares, []);
  assert.equal(await extraSpares(name), 0);
  assert.match(await outputOf(lab, ["spare", "refill"]), /Nothing to do/);
  const none = await lab.labwright(["reset", "--spare"]);
  assert.equal(none.code, 1);
  assert.match(none.output, /no spare/);
  // Frozen or not, the lab goes on.
  assert.match(await outputOf(lab, ["reset"]), /the baseline is equal/);
});

test("`down` ends a run that makes spares, and removes everything", async () => {
  await noteExtraSpares(name, (await listedSpares(lab)).spares.length + 1);
  const adding = lab.labwright(["spare", "refill"]);
  for (let tries = 0; tries < 100 && !(await listedSpares(lab)).maker; tries++) await sleep(300);
  await sleep(4000);
  succeeds(await lab.labwright(["down"]));
  const added = await adding;
  assert.equal(added.code, 130, added.output);
  assert.deepEqual(await lab.leftovers(), []);
  assert.ok(!existsSync(labFolder(name)) && !existsSync(labFolder(`${name}.2`)));
});
