import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import type { Lab } from "../../src/lab/types.ts";
import { timingOf } from "../../src/session/timings.ts";

const before = process.env.XDG_CACHE_HOME;
const folder = mkdtempSync(join(tmpdir(), "lwtest-timings-"));
const cache = join(folder, "labwright");
beforeEach(() => {
  rmSync(cache, { recursive: true, force: true });
  process.env.XDG_CACHE_HOME = folder;
});
after(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(folder, { recursive: true, force: true });
});

const lab = (name: string, machines: readonly string[]): Lab => ({
  name,
  provider: "docker",
  source: "auto",
  mirrors: {},
  machines: machines.map((machine) => ({ name: machine, role: "worker", user: "root", sudo: "none" })),
  cluster: {
    version: "1.36",
    runtime: "containerd",
    network: {
      plugin: "calico",
      settings: { typha: true },
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/12",
    },
  },
  playbooks: [],
});

test("the time of a lab is known to the next lab of the same form, and to no other", async () => {
  const timing = await timingOf(lab("a", ["cp", "w1"]));
  assert.equal(timing.last, undefined);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await timing.keep();
  const { last = 0 } = await timingOf(lab("b", ["cp", "w1"]));
  assert.ok(last >= 0.02 && last < 5, String(last));
  assert.equal((await timingOf(lab("a", ["cp"]))).last, undefined);
});

test("a run that put something into the cache is not the measure of the next", async () => {
  const timing = await timingOf(lab("a", ["cp"]));
  mkdirSync(join(cache, "artifacts/programs/0a1b"), { recursive: true });
  await timing.keep();
  assert.equal((await timingOf(lab("a", ["cp"]))).last, undefined);
});

test("a broken file or an unwritable cache gives no estimate and does not fail", async () => {
  await (await timingOf(lab("a", ["cp"]))).keep();
  const [name = ""] = readdirSync(join(cache, "timings"));
  writeFileSync(join(cache, "timings", name), "{");
  assert.equal((await timingOf(lab("a", ["cp"]))).last, undefined);
  process.env.XDG_CACHE_HOME = "/dev/null";
  await (await timingOf(lab("a", ["cp"]))).keep();
});
