import assert from "node:assert/strict";
import { test } from "node:test";
import type { Site } from "../../../src/engine/step.ts";
import type { Host } from "../../../src/hosts/types.ts";
import { sceneOf } from "../../support/steps.ts";
import { bound } from "../scene.ts";

/** The folder that an undo gives back from. */
async function givenBack(params: unknown): Promise<string | undefined> {
  const scripts: string[] = [];
  const host: Partial<Host> = {
    run: async (command) => {
      scripts.push(command.shown);
      return { code: 0, stdout: "", stderr: "" };
    },
  };
  const { undo } = await bound("admin-kubeconfig", params);
  await undo?.(host as Host, sceneOf("cp") as Site);
  return /mine=(\S+)/.exec(scripts.join())?.[1];
}

test("admin-kubeconfig: one user's is undone without another's", async () => {
  const [root, thor] = [await givenBack({}), await givenBack({ user: "thor" })];
  assert.ok(root && thor && root !== thor, `${root}, ${thor}`);
});
