import assert from "node:assert/strict";
import { test } from "node:test";
import { startRun } from "../../src/activity/tree.ts";
import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import type { Software } from "../../src/lab/available.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import { ensureNodeImages, forgetMachine, type Recipe } from "../../src/providers/machine/node-image.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";

useOwnDataFolder();

/** What is there of a base system and its programs; nothing is made. */
const artifacts = {
  baseSystem: async () => ({ id: "base", kind: "rootfs", file: "none" }),
  programs: async ({ name }: { name: string }) => ({ id: name, files: [] }),
  images: async () => ({ id: "images", file: "none" }),
  imagesAtHand: async () => false,
} as unknown as ArtifactStore;

const signal = new AbortController().signal;

/** The recipes that are made for machines with such software, where some ids are there already, and those of the machines. */
async function ensured(
  machines: readonly Software[][],
  present: readonly string[] = [],
): Promise<{ made: Recipe[]; plain: Recipe; of: Recipe[] }> {
  const made: Recipe[] = [];
  const place = {
    ...{ name: "test", architecture: "amd64" as const },
    has: async ({ id }: Recipe) => present.includes(id) || made.some((one) => one.id === id),
    make: async (recipe: Recipe) => void made.push(recipe),
  };
  const wanted = machines.map((software) => ({ software }));
  const { plain, of } = await startRun("test", [], (activity) =>
    ensureNodeImages(place, { lab: defaultLab(), artifacts, activity, signal }, wanted),
  );
  return { made, plain, of: wanted.map(of) };
}

test("machines with Docker have their own image, which is made once, from the other one", async () => {
  const { made, plain, of } = await ensured([[], ["docker"], ["docker", "docker-compose"]]);
  assert.deepEqual(
    made.map(({ from }) => from?.software),
    [undefined, ["docker"]],
  );
  assert.equal(made[1]?.from?.recipe.id, plain.id);
  assert.deepEqual(
    of.map(({ id }) => id),
    [made[0]?.id, made[1]?.id, made[1]?.id],
  );
  assert.notEqual(made[0]?.id, made[1]?.id);
});

test("machines without software need only the plain image, and an existing image is not made again", async () => {
  const { made, plain } = await ensured([[], []]);
  assert.deepEqual(made, [plain]);
  assert.deepEqual((await ensured([[], ["docker"]], [plain.id])).made.length, 1);
});

test("an image keeps what its runtime has stored: only Docker as software has nothing there that others need", async () => {
  const { plain, of } = await ensured([["docker"]]);
  const { cluster } = defaultLab();
  const forgotten = (recipe: Recipe, runtime: typeof cluster.runtime) =>
    String(forgetMachine(recipe, { cluster: { ...cluster, runtime } }));
  for (const runtime of ["containerd", "cri-o", "docker"] as const) {
    assert.doesNotMatch(forgotten(plain, runtime), /\/var\/lib\/(docker|containerd|containers)/, runtime);
    assert.match(forgotten(plain, runtime), /\/etc\/ssh\/ssh_host_\*/);
  }
  for (const recipe of of) assert.match(forgotten(recipe, "containerd"), /rm -rf \/var\/lib\/docker\/\*/);
});
