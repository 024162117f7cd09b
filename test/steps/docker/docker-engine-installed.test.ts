import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { ArtifactStore } from "../../../src/artifacts/lazy.ts";
import type { BoundStep, Facts } from "../../../src/engine/step.ts";
import { runAll } from "../../../src/hosts/batch.ts";
import type { Command } from "../../../src/hosts/sh.ts";
import type { Host } from "../../../src/hosts/types.ts";
import { ensureLabId } from "../../../src/lab/identity.ts";
import { hostState, stateChanges } from "../../support/host-state.ts";
import { plainSite } from "../../support/plain-machine.ts";
import { applyContextOf, stepOf } from "../../support/steps.ts";

const plain = await plainSite({ word: "engine" });
after(() => plain?.close());
const skip = plain === undefined && "no Docker engine whose containers can be reached from here";
const folder = await mkdtemp(join(tmpdir(), "labwright-engine-"));
after(() => rm(folder, { recursive: true, force: true }));
process.env.XDG_DATA_HOME = folder;

/** Compose's plugin is a script here: the test is about how it is installed and removed. */
async function composeStore(): Promise<ArtifactStore> {
  const compose = join(folder, "docker-compose");
  await writeFile(compose, "#!/bin/sh\n", { mode: 0o755 });
  const programs = async () => ({ id: "compose", files: [{ name: "docker-compose", path: compose }] });
  return { programs } as unknown as ArtifactStore;
}

const context = applyContextOf("spare");

test("an engine, with networks and containers on it, comes and goes, and the machine is as it was", {
  skip,
}, async () => {
  const machine = await plain?.start({ name: "engine" });
  assert.ok(plain && machine);
  const host: Host = await machine.connect();
  const step = await stepOf("docker-engine");
  const compose = await stepOf("docker-compose", {}, await composeStore());
  const facts = (one: BoundStep): Promise<Facts> =>
    runAll(host, one.probe(context) as Record<string, Command>);
  try {
    // The machine's owner forwards nothing.
    await machine.inside("echo 0 >/proc/sys/net/ipv4/ip_forward");
    const before = await hostState(plain, machine);
    await step.apply?.(host, context, await facts(step));
    await compose.apply?.(host, context, {});
    assert.deepEqual(step.check(await facts(step), context), []);
    assert.match(compose.check(await facts(compose), context).join(), /^docker compose is not installed/);
    await machine.inside(`set -e
      docker network create --driver macvlan --opt parent=eth0 --subnet 172.28.0.0/24 news
      docker network create own
      tar -c -C / --files-from /dev/null | docker import - empty
      docker volume create theirs
      docker create --publish 8080:80 --network own --name one empty /nothing`);
    assert.equal(await machine.inside("cat /proc/sys/net/ipv4/ip_forward"), "1");
    // Somebody works on the engine: it stays as it is, with all that is on it.
    await assert.rejects(
      async () => step.undo?.(host, context),
      /engine has resources that labwright did not create|container one, network news, network own, volume theirs/,
    );
    assert.equal(
      await machine.inside("docker ps --all --format '{{.Names}}'; docker volume ls -q"),
      "one\ntheirs",
    );
    await machine.inside("docker rm one && docker network rm news own && docker volume rm theirs");
    // Another lab's things are not ours, though its name may be the same.
    await machine.inside("docker network create --label labwright.lab=basics --label labwright.id=0 another");
    await assert.rejects(async () => step.undo?.(host, context), /did not create: network another/);
    const ours = `--label labwright.id=${await ensureLabId("basics")}`;
    await machine.inside(`docker network rm another && docker network create ${ours} ours
      docker create ${ours} --network ours --volume /data --name ours empty /nothing`);
    await compose.undo?.(host, context);
    await step.undo?.(host, context);
    assert.deepEqual(stateChanges(before, await hostState(plain, machine)), []);
    assert.equal(await machine.inside("ls -d /var/lib/labwright 2>/dev/null; true"), "");
    await step.undo?.(host, context);
  } finally {
    await host.close();
  }
});
