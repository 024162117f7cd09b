import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { nginxNodePort } from "../../src/lab/ports.ts";
import { type Ran, ranToEnd } from "../e2e/support.ts";
import {
  bootEngine,
  cutPower,
  endpoint,
  homeOf,
  namespaceOf,
  shutDown,
  startEngine,
  stopEngine,
  type TestEngine,
} from "./engine.ts";
import { short } from "./long.ts";

const engine: TestEngine = { name: "reboot", programs: "/usr/sbin:/usr/bin" };
const root = process.getuid?.() === 0 ? false : "only root can start an engine";
const skip = short || root;
const machines = ["cp", "w1"];
const main = join(import.meta.dirname, "../../src/main.ts");

let folder: string;
before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), "labwright-reboot-"));
  await writeFile(
    join(folder, "lab.yaml"),
    "name: reboot\nmachines: [{ name: cp, role: control-plane }, { name: w1, role: worker }]\n",
  );
  await startEngine(engine);
  await mkdir(homeOf(engine), { recursive: true });
  await labwright("up");
});
after(async () => {
  if (skip) return;
  await stopEngine(engine);
  await rm(folder, { recursive: true });
});

/** Runs a command in the engine's network namespace; it has to succeed. */
async function labwright(...words: string[]): Promise<Ran> {
  const inside = ["netns", "exec", namespaceOf(engine), process.execPath, main];
  const child = spawn("ip", [...inside, ...words, "--file", join(folder, "lab.yaml")], {
    env: {
      ...process.env,
      DOCKER_HOST: endpoint(engine),
      XDG_DATA_HOME: homeOf(engine),
      KUBECONFIG: join(folder, "kubeconfig"),
      CI: "true",
    },
  });
  const ran = await ranToEnd(child, { killAfter: undefined, killWhen: undefined });
  assert.equal(ran.code, 0, ran.output);
  return ran;
}

const addressOf = async (machine: string): Promise<string> =>
  (
    await localHost().run(
      sh`docker -H ${endpoint(engine)} inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' ${`labwright-reboot.${machine}`}`,
    )
  ).stdout.trim();

/** Seconds until nginx answers on a machine, which nobody but the engine has started. */
async function answersAfter(address: string): Promise<number> {
  const began = Date.now();
  await localHost().run(sh`
    for attempt in $(seq 300); do
      ip netns exec ${namespaceOf(engine)} curl --silent --fail --max-time 1 --output /dev/null ${`http://${address}:${nginxNodePort}/`} && exit 0
      sleep 0.5
    done
    exit 1`);
  return (Date.now() - began) / 1000;
}

for (const [how, end] of [
  ["is shut down", shutDown],
  ["loses power", cutPower],
] as const)
  test(`a lab on a computer that ${how} comes back by itself, with its addresses`, { skip }, async (t) => {
    const addresses = await Promise.all(machines.map(addressOf));
    await end(engine);
    await bootEngine(engine);
    for (const address of addresses) t.diagnostic(`nginx answers after ${await answersAfter(address)} s`);
    assert.deepEqual(await Promise.all(machines.map(addressOf)), addresses);
    await labwright("up");
    assert.match((await labwright("plan")).output, /Nothing to do/);
    assert.match((await labwright("reset", "--dry-run")).output, /Nothing to reset/);
  });
