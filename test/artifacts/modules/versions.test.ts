import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { wrapperModule } from "../../../src/artifacts/modules/component.ts";
import { calicoVersion } from "../../../src/versions.ts";

test("both sources have the same Calico, and its programs name the release that they are compiled from", async () => {
  const { recipe, folder } = await wrapperModule("calico", { os: "linux", arch: "amd64" });
  assert.equal(recipe.version, calicoVersion);
  const { ldflags } = recipe;
  assert.equal(ldflags["github.com/projectcalico/calico/pkg/buildinfo.Version"], `v${calicoVersion}`);
  assert.equal(ldflags["main.VERSION"], `v${calicoVersion}`);
  const commit = ldflags["github.com/projectcalico/calico/pkg/buildinfo.GitRevision"]?.slice(0, 12);
  const goMod = await readFile(join(folder, "go.mod"), "utf8");
  const pinned = [...goMod.matchAll(/projectcalico\/calico(?:\/lib\/std)? v0\.0\.0-\d+-(\w+)/g)];
  assert.deepEqual(
    pinned.map(([, hash]) => hash),
    [commit, commit],
  );
});
