import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startRun } from "../../src/activity/tree.ts";
import { openCache } from "../../src/artifacts/cache.ts";
import { modulesSource } from "../../src/artifacts/modules/source.ts";
import { assertBuiltFor } from "../../src/artifacts/upstream/elf.ts";
import { cniPlugins } from "../../src/kubernetes/program-sets.ts";
import { thisPlatform } from "../support/platform.ts";
import { long } from "./support.ts";

test("programs are compiled for the machine's processor, whatever this computer's is", {
  skip: long,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "labwright-architecture-"));
  t.after(() => rm(folder, { recursive: true }));
  const { programs } = await modulesSource({ cache: openCache(folder), kubernetesVersion: "1.36" });
  const idOf = async (architecture: "amd64" | "arm64"): Promise<string> => {
    const { id, files } = await startRun("compile", [], (activity) =>
      programs(cniPlugins, { ...thisPlatform, architecture }, activity),
    );
    for (const { path } of files) await assertBuiltFor(path, architecture, path);
    return id;
  };
  assert.notEqual(await idOf("arm64"), await idOf("amd64"), "each has its own entry in the cache");
});
