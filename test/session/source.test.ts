import assert from "node:assert/strict";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import type { Lab } from "../../src/lab/types.ts";
import { assertAddonsAvailable } from "../../src/session/source.ts";
import { folderWithGo, mirrors } from "../support/no-upstream.ts";

folderWithGo("XDG_DATA_HOME");

const labWith = (addons: Lab["cluster"]["addons"], source: Lab["source"] = "auto"): Lab => {
  const lab = defaultLab();
  return { ...lab, source, mirrors, cluster: { ...lab.cluster, ...(addons && { addons }) } };
};

test("source: auto is refused if it leads to a source without one of the lab's addons", async () => {
  await assert.rejects(assertAddonsAvailable(labWith(["metrics-server", "headlamp"])), (error) => {
    assert.ok(error instanceof LabwrightError);
    assert.equal(error.code, "addon-not-in-source");
    assert.match(
      error.message,
      /^the addon headlamp cannot be had from the source modules, which `source: auto` uses: Kubernetes' package repository/,
    );
    assert.equal(
      error.remedy,
      "Take it out of `cluster.addons`; from modules there are metrics-server, local-path-provisioner and skipper.",
    );
    return true;
  });
});

test("nobody is asked if every source has the lab's addons, or the lab file names its source", async () => {
  const asked = { ...labWith(undefined), mirrors: { kubernetes: "not a URL" } };
  await assertAddonsAvailable(asked);
  await assertAddonsAvailable({ ...labWith(["metrics-server", "skipper"]), mirrors: asked.mirrors });
  await assertAddonsAvailable({ ...labWith(["headlamp"], "upstream"), mirrors: asked.mirrors });
});
