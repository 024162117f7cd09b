import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import type { Machine } from "../../src/lab/types.ts";
import { engineCapacity } from "../../src/providers/docker/capacity.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { assertLimits, limitFlags, limitsOf, updateLimits } from "../../src/providers/docker/size.ts";
import { withSize } from "../../src/providers/machine/lack.ts";
import { fakeDocker } from "../support/fake-docker.ts";

/** `box` has 2 processors, 1 GiB and at most 4096 processes, `free` has no limits, and every other container is gone. */
const fake = fakeDocker(`
printf '%s\\n' "$*" >>"$DIR/asked"
case "$*" in
  *inspect*box) echo 'abc 2000000000 1073741824 4096' ;;
  *inspect*free) echo 'def 0 0 <nil>' ;;
  *inspect*) echo 'no such container' >&2; exit 1 ;;
  info*) cat "$DIR/limits" ;;
esac
`);
const docker = new Docker(localHost());
const machine = (size: Partial<Machine>): Machine => ({
  ...{ name: "w1", role: "worker", user: "root", sudo: "none" },
  ...size,
});
const changes = async (): Promise<string[]> => {
  const asked = await readFile(join(fake.folder, "asked"), "utf8");
  return asked.split("\n").filter((line) => line.startsWith("update"));
};
beforeEach(() => writeFile(join(fake.folder, "asked"), ""));

test("a container's memory limit holds for its swap too, and a machine without a size has no limits", () => {
  assert.deepEqual(limitFlags({ cpus: 2, memory: 1536, processes: 5000 }), [
    ...["--pids-limit", "5000", "--cpus", "2", "--memory", "1536m", "--memory-swap", "1536m"],
  ]);
  assert.deepEqual(limitFlags({}), []);
});

test("limits of containers are read in processors and MiB", async () => {
  assert.deepEqual(Object.fromEntries(await limitsOf(docker, ["box", "free", "gone"])), {
    box: { cpus: 2, memory: 1024, processes: 4096 },
    free: {},
    gone: {},
  });
});

test("an existing container is changed in place, and only if it differs", async () => {
  await updateLimits(docker, machine({ cpus: 2, memory: 1024 }), "box");
  await updateLimits(docker, machine({}), "free");
  assert.deepEqual(await changes(), []);
  await updateLimits(docker, machine({ cpus: 2, memory: 2048 }), "box");
  await updateLimits(docker, machine({ cpus: 1 }), "free");
  await updateLimits(docker, machine({ processes: 2048 }), "free");
  assert.deepEqual(await changes(), [
    "update --cpus 2 --memory 2048m --memory-swap 2048m box",
    "update --cpus 1 free",
    "update --pids-limit 2048 free",
  ]);
});

test("a machine with other limits lacks its size, besides the logins that it lacks", () => {
  const wanted = machine({ memory: 2048 });
  const closed = { words: "does not know the lab's key", closed: true };
  assert.equal(withSize(undefined, { memory: 2048 }, wanted), undefined);
  assert.deepEqual(withSize(undefined, { memory: 1024 }, wanted), {
    words: "has memory: 1Gi, not 2Gi",
    closed: false,
  });
  assert.deepEqual(withSize(closed, { memory: 2048 }, wanted), closed);
  assert.deepEqual(withSize(closed, {}, wanted), {
    words: "does not know the lab's key, and has memory: without a limit, not 2Gi",
    closed: true,
  });
});

test("an engine that would ignore limits is refused, if the lab file names any", async () => {
  await writeFile(join(fake.folder, "limits"), "false true true\n");
  await assertLimits(docker, [machine({})]);
  const limited = [machine({ memory: 1024 })];
  await assert.rejects(assertLimits(docker, limited), { code: "limits-missing", message: /for w1$/ });
  await writeFile(join(fake.folder, "limits"), "true true false\n");
  await assert.rejects(assertLimits(docker, [machine({ processes: 4096 })]), { code: "limits-missing" });
  await writeFile(join(fake.folder, "limits"), "true true true\n");
  await assertLimits(docker, limited);
});

test("only an engine with this computer's memory is measured on this computer", async () => {
  const rootFolder = "/";
  const here = await engineCapacity({ cpus: 2, memory: totalmem(), rootFolder });
  assert.ok(here?.disk && here.place === "this computer");
  const there = await engineCapacity({ cpus: 8, memory: totalmem() + 2 ** 20, rootFolder });
  assert.deepEqual([there?.cpus, there?.disk], [8, undefined]);
  assert.equal(await engineCapacity({ cpus: 0, memory: 0, rootFolder }), undefined);
});
