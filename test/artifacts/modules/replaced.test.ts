import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fixedModule } from "../../../src/artifacts/components.ts";
import { wrapperModule } from "../../../src/artifacts/modules/component.ts";
import { replacedFlags } from "../../../src/artifacts/modules/replaced.ts";

let folder: string;
/** As Go's module cache has a module: nothing in it can be written. */
let original: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-replaced-"));
  original = join(folder, "original");
  await mkdir(join(original, "pkg/udp"), { recursive: true });
  await writeFile(join(original, "go.mod"), "module example.test/theirs\n", { mode: 0o444 });
  await writeFile(join(original, "pkg/udp/proxy.go"), "package udp // theirs\n", { mode: 0o444 });
  for (const each of ["pkg/udp", "pkg", ""]) await chmod(join(original, each), 0o555);
});
after(async () => {
  for (const each of ["", "pkg", "pkg/udp"]) await chmod(join(original, each), 0o755);
  await rm(folder, { recursive: true });
});

const target = { os: "linux", arch: "amd64" } as const;

async function wrapper(replacements: object) {
  const parent = await mkdtemp(join(folder, "modules-"));
  const own = join(parent, "flannel");
  await mkdir(own);
  const recipe = { version: "1", programs: {}, tags: [], ldflags: {}, estimatedSeconds: 1, license: "MIT" };
  await writeFile(join(own, "build.json"), JSON.stringify({ ...recipe, replacements }));
  await writeFile(join(own, "go.mod"), "module ours\n");
  await writeFile(join(own, "go.sum"), "sums\n");
  await writeFile(join(own, "proxy.go"), "package udp // ours\n");
  return wrapperModule(fixedModule("flannel"), target, parent);
}

test("a replaced file is compiled from a copy of its module, and the module itself stays", async () => {
  const module = await wrapper({ "example.test/theirs": { "pkg/udp/proxy.go": "proxy.go" } });
  const asked: string[][] = [];
  const copies = join(folder, "copies");
  const flags = await replacedFlags(module, copies, async (words) => {
    asked.push(words);
    return JSON.stringify({ Dir: original });
  });
  assert.deepEqual(asked, [["mod", "download", "-json", "example.test/theirs"]]);
  assert.deepEqual(flags, [`-modfile=${join(copies, "go.mod")}`]);
  const copy = join(copies, "0");
  assert.equal(
    await readFile(join(copies, "go.mod"), "utf8"),
    `module ours\n\nreplace example.test/theirs => ${copy}\n`,
  );
  assert.equal(await readFile(join(copies, "go.sum"), "utf8"), "sums\n");
  assert.equal(await readFile(join(copy, "pkg/udp/proxy.go"), "utf8"), "package udp // ours\n");
  assert.equal(await readFile(join(original, "pkg/udp/proxy.go"), "utf8"), "package udp // theirs\n");
  // What go has made read-only could not be removed by another user than root.
  assert.equal((await stat(join(copy, "pkg/udp"))).mode & 0o200, 0o200);
});

test("a module without replacements is compiled as it is", async () => {
  const never = () => assert.fail("go was asked");
  assert.deepEqual(await replacedFlags(await wrapper({}), join(folder, "none"), never), []);
});

test("a changed replacement is another build", async () => {
  const module = await wrapper({ "example.test/theirs": { "pkg/udp/proxy.go": "proxy.go" } });
  await writeFile(join(module.folder, "proxy.go"), "package udp // changed\n");
  const changed = await wrapperModule(fixedModule("flannel"), target, join(module.folder, ".."));
  assert.notEqual(changed.id, module.id);
});
