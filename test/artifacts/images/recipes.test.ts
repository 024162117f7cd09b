import assert from "node:assert/strict";
import { test } from "node:test";
import { recipesFor } from "../../../src/artifacts/images/assemble.ts";
import { exerciseRecipes } from "../../../src/artifacts/images/recipes.ts";
import { imagesId } from "../../../src/artifacts/modules/images.ts";
import { exerciseImages, imageNames } from "../../../src/versions.ts";

test("each image of the exercises has the recipe of its tag", () => {
  const made = recipesFor(imageNames("exercises", "1.36"), exerciseRecipes);
  assert.deepEqual(
    made.map(({ name, recipe }) => [name, recipe.config.Env[1]]),
    [
      ["docker.io/labwright/web:1", "VERSION=1"],
      ["docker.io/labwright/web:2", "VERSION=2"],
    ],
  );
});

test("an image that nobody can make is told by its name", () => {
  assert.throws(() => recipesFor(["docker.io/labwright/web:3"], exerciseRecipes), /labwright\/web:3/);
});

test("machines that have the exercises' images of another labwright are told by the table of versions", async () => {
  const id = await imagesId({ os: "linux", arch: "amd64" }, "exercises");
  assert.equal(exerciseImages, id.slice(0, 12), "set exerciseImages in src/versions.ts to this");
});
