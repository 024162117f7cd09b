import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startRun } from "../../src/activity/tree.ts";
import { openCache } from "../../src/artifacts/cache.ts";
import { modulesSource } from "../../src/artifacts/modules/source.ts";
import { sh } from "../../src/hosts/sh.ts";
import { crictl as crictlPrograms } from "../../src/kubernetes/program-sets.ts";
import { cacheFolder } from "../../src/paths.ts";
import { thisPlatform } from "../support/platform.ts";
import { type TestLab, testLab } from "./support.ts";

let lab: TestLab;
let cache: string;
let imagesBefore: string[];

const nodeImages = () => lab.engine.docker.list(sh`images labwright/node --format {{.Tag}}`);

/** A cache that lacks one component and two sets of images; the rest is there, as hard links. */
before(async () => {
  lab = await testLab("killed-build", "machines: [{ name: cp, role: control-plane }]\n");
  imagesBefore = await nodeImages();
  const warm = join(cacheFolder(), "artifacts");
  const artifacts = await modulesSource({
    cache: openCache(warm),
    kubernetesVersion: "1.36",
  });
  const [crictl] = (
    await startRun("warm", [], (activity) => artifacts.programs(crictlPrograms, thisPlatform, activity))
  ).files;
  cache = await mkdtemp(join(cacheFolder(), "test-"));
  const copy = join(cache, "labwright");
  execFileSync("sh", ["-c", 'mkdir "$2" && cp -al "$1" "$2/"', "sh", warm, copy]);
  const id = crictl?.path.slice(join(warm, "programs").length + 1).split("/")[0] ?? "none";
  await rm(join(copy, "artifacts/programs", id), { recursive: true });
  await rm(join(copy, "artifacts/images"), { recursive: true });
  // What other runs make at this moment is not ours.
  for (const kind of await readdir(join(copy, "artifacts"))) {
    const drafts = (await readdir(join(copy, "artifacts", kind))).filter((name) => name.startsWith("."));
    for (const name of drafts) await rm(join(copy, "artifacts", kind, name), { recursive: true });
  }
});
after(async () => {
  await lab?.labwright(["down"], env());
  const made = (await nodeImages()).filter((tag) => !imagesBefore.includes(tag));
  for (const tag of made) {
    // A lab that started from it meanwhile keeps both.
    await lab.engine.docker.run(sh`rmi ${`labwright/node:${tag}`}`, { accept: "any" });
    await lab.engine.docker.run(sh`volume rm ${`labwright-images-${tag}`}`, { accept: "any" });
  }
  await rm(cache, { recursive: true, force: true });
});

const env = () => ({ env: { XDG_CACHE_HOME: cache } });

const builds = () => lab.engine.docker.list(sh`ps --all --filter name=^labwright-build- --format {{.Names}}`);

/** Processes that work in our cache: `go build` and its compilers. */
async function builders(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")),
  );
  return pids.filter((pid, index) => pid !== String(process.pid) && lines[index]?.includes(cache));
}

test("killed inside a Go build, an image's assembly and the node image: the next run ends as a clean one", async () => {
  for (const killWhen of [/Compile crictl/, /Pack the images of kubernetes/, /Build the node image/]) {
    const killed = await lab.labwright(["up"], { ...env(), killWhen, killAfter: 2500 });
    assert.equal(killed.code, null, `it was to be killed at ${killWhen}: ${killed.output}`);
    assert.match(killed.output, killWhen);
  }
  const ofKilled = await builds();
  assert.equal(ofKilled.length, 1, "the killed build of the node image has left a container");
  // Another image is to be made now, for another set of images is at hand.
  const up = await lab.labwright(["up"], env());
  assert.equal(up.code, 0, up.output);
  assert.equal((await lab.labwright(["plan"], env())).code, 0);
  const drafts = await readdir(join(cache, "labwright/artifacts"), { recursive: true });
  assert.deepEqual(
    drafts.filter((path) => path.includes(".draft")),
    [],
  );
  assert.deepEqual(await builders(), []);
  assert.deepEqual(await builds(), []);
});
