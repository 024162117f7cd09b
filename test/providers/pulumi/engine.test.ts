import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { LabwrightError } from "../../../src/errors.ts";
import { aws } from "../../../src/providers/pulumi/aws/definition.ts";
import { findPlugin, findPulumi, isRightVersion } from "../../../src/providers/pulumi/engine.ts";
import { labIn, quiet } from "../../cloud/lab.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-test-engine-"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("only releases of the engine that are known to work count as installed", () => {
  assert.deepEqual(["v3.220.0", "v3.250.1\n"].map(isRightVersion), [true, true]);
  assert.deepEqual(["v3.219.9", "v4.0.0", "", "nonsense"].map(isRightVersion), [false, false, false, false]);
});

test("a plugin is found in PATH, and where Pulumi itself puts it in this very version", async () => {
  const environment = { PATH: `/nonexistent:${folder}/bin`, PULUMI_HOME: join(folder, "home") };
  const places = [
    join(folder, "home/plugins/resource-aws-v7.48.0/pulumi-resource-aws"),
    join(folder, "bin/pulumi-resource-aws"),
  ];
  for (const file of places) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "", { mode: 0o644 });
    await assert.rejects(findPlugin({ ...aws.plugin, version: "7.47.0" }, environment));
    await rm(file);
    await writeFile(file, "", { mode: 0o755 });
    assert.equal(await findPlugin(aws.plugin, environment), file);
  }
});

test("an engine in PATH is taken, and the plugins that it fetches are for all labs", async () => {
  const { PATH, XDG_CACHE_HOME } = process.env;
  const home = join(folder, "lab");
  const pulumi = join(folder, "engine/pulumi");
  await mkdir(dirname(pulumi), { recursive: true });
  await writeFile(pulumi, "#!/bin/sh\necho v3.250.0\n", { mode: 0o755 });
  process.env.PATH = `${dirname(pulumi)}:${PATH}`;
  process.env.XDG_CACHE_HOME = join(folder, "cache");
  try {
    const request = { lab: labIn("one", "name: aws"), plugin: aws.plugin, home, activity: quiet };
    for (const again of [false, true]) {
      const { root } = await findPulumi({ ...request, signal: AbortSignal.any([]) });
      assert.equal(root, undefined);
      const shared = await realpath(join(home, "plugins"));
      assert.equal(shared, await realpath(join(folder, "cache/labwright/pulumi/plugins")));
      if (!again) await writeFile(join(shared, "fetched"), "");
      assert.deepEqual(await readdir(shared), ["fetched"]);
    }
  } finally {
    process.env.PATH = PATH;
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  }
});

test("where programs are compiled, a plugin that is too large for that is missed before anything is", async () => {
  const { PATH, PULUMI_HOME } = process.env;
  const started = Date.now();
  process.env.PATH = dirname(process.execPath);
  process.env.PULUMI_HOME = join(folder, "empty");
  try {
    const request = { lab: labIn("one", "name: aws"), plugin: aws.plugin, home: join(folder, "lab") };
    await assert.rejects(
      findPulumi({ ...request, activity: quiet, signal: AbortSignal.any([]) }),
      (error) => {
        assert.ok(error instanceof LabwrightError);
        assert.equal(error.code, "pulumi-plugin-missing");
        assert.match(error.remedy, /Install Pulumi .* pulumi-resource-aws 7\.48\.0 in PATH/);
        return true;
      },
    );
  } finally {
    process.env.PATH = PATH;
    if (PULUMI_HOME === undefined) delete process.env.PULUMI_HOME;
    else process.env.PULUMI_HOME = PULUMI_HOME;
  }
  assert.ok(Date.now() - started < 10_000);
});
