import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { exerciseSchema } from "../../src/exercises/schema.ts";
import { readYaml } from "../../src/lab/yaml.ts";
import { readPlays } from "../../src/playbooks/load.ts";

test("a playbook that calls this computer `here` means `localhost`", async () => {
  const text = `
- { name: one, on: here, tasks: [user-kubeconfig] }
- { name: two, on: [here, worker, localhost], tasks: [user-kubeconfig] }
- { name: here, on: hereabouts, tasks: [user-kubeconfig] }
- { name: three, on: constructor, tasks: [user-kubeconfig] }
`;
  const plays = await readPlays(readYaml(text, "old.yaml"), "old.yaml", emptyStore);
  assert.deepEqual(
    plays.map(({ name, on }) => [name, on]),
    [
      ["one", ["localhost"]],
      ["two", ["localhost", "worker", "localhost"]],
      ["here", ["hereabouts"]],
      ["three", ["constructor"]],
    ],
  );
});

test("an exercise that calls this computer `here` means `localhost`", () => {
  const plays = [{ on: ["here"], tasks: ["user-kubeconfig"] }];
  const { setup, goal, places, wrong, needs } = exerciseSchema.parse({
    title: "Old",
    needs: ["here"],
    places: [{ on: "here" }],
    setup: plays,
    goal: plays,
    wrong: [{ name: "w", on: "here", run: "true", expect: "x" }],
  });
  assert.deepEqual(needs, ["localhost"]);
  assert.deepEqual(
    [setup, goal, places].map(([play]) => play?.on),
    [["localhost"], ["localhost"], ["localhost"]],
  );
  assert.equal(wrong[0]?.on, "localhost");
});
