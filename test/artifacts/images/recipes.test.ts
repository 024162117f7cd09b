import assert from "node:assert/strict";
import { test } from "node:test";
import { recipesFor } from "../../../src/artifacts/images/assemble.ts";
import { exerciseImages } from "../../../src/artifacts/images/exercises.ts";
import { imagesId } from "../../../src/artifacts/modules/images.ts";
import { calicoImages, calicoVersion } from "../../../src/components/network/calico/release.ts";
import { isInCalicoNode } from "../../support/calico-node-programs.ts";
import { adaptedRelease, containersOf, programsOf, releases } from "../../support/calico-release.ts";

test("each image of the exercises has the recipe of its tag", () => {
  const made = recipesFor(exerciseImages.names(""), exerciseImages.recipes);
  assert.deepEqual(
    made.map(({ name, recipe }) => [name, recipe.config.Env[1]]),
    [
      ["docker.io/labwright/web:1", "VERSION=1"],
      ["docker.io/labwright/web:2", "VERSION=2"],
    ],
  );
});

test("an image that nobody can make is told by its name", () => {
  assert.throws(() => recipesFor(["docker.io/labwright/web:3"], exerciseImages.recipes), /labwright\/web:3/);
});

test("machines that have the exercises' images of another labwright are told by the table of versions", async () => {
  const id = await imagesId({ os: "linux", arch: "amd64" }, exerciseImages, "");
  assert.equal(
    exerciseImages.madeFrom,
    id.slice(0, 12),
    "set madeFrom in src/artifacts/images/exercises.ts to this",
  );
});

test("Calico's images have each program that its manifest runs in them", () => {
  const line = calicoVersion.split(".").slice(0, 2).join(".");
  const release = releases.find((each) => each.startsWith(`v${line}.`));
  assert.ok(release, `test/support/calico-release.ts knows the manifest of Calico ${line}`);
  for (const container of adaptedRelease(release).flatMap(containersOf)) {
    const name = /([^/]+):/.exec(container.image)?.[1] ?? "";
    const { programs, links = {}, base } = calicoImages.recipes[name] ?? {};
    assert.ok(programs, `there is a recipe for ${container.image}`);
    const paths = [...Object.keys(programs), ...Object.keys(links)];
    for (const program of programsOf(container)) {
      const path = program.includes("/") ? program.replace(/^\/bin\//, "/usr/bin/") : `/usr/bin/${program}`;
      const isUserland = base === "userland" && path === "/usr/bin/bash";
      assert.ok(isUserland || paths.includes(path), `${container.name} runs ${program}`);
    }
  }
});

test("calico/node contains no program of ours that Calico's image would not keep", () => {
  for (const path of Object.keys(calicoImages.recipes.node?.programs ?? {}))
    assert.ok(isInCalicoNode(path), path);
});
