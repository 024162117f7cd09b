import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import type { ApplyContext } from "../../src/engine/step.ts";
import { localHost } from "../../src/hosts/local.ts";
import { type Command, sh } from "../../src/hosts/sh.ts";
import type { Host } from "../../src/hosts/types.ts";
import { progressIn, withoutProgress, withProgress } from "../../src/linux/progress.ts";
import { checkContextOf, stepOf } from "../support/steps.ts";

test("progress: what is measured is printed where it changes, and the work's own output and code stay", async () => {
  const told: (string | undefined)[] = [];
  const work = sh`for n in 1 2 3 4 5 6 7; do sleep 1; done; echo done; exit_with() { return 3; }; exit_with`;
  const { code, stdout } = await localHost().run(withProgress(work, sh`echo 7`), {
    accept: "any",
    onLine: (line) => told.push(progressIn(line)),
  });
  assert.equal(code, 3);
  assert.equal(withoutProgress(stdout), "done");
  assert.deepEqual(told, ["7", undefined]);
});

test("progress: loading images into a Docker engine shows what the engine writes, however long it takes", async () => {
  const scripts: string[] = [];
  const host = {
    run: async (command: Command) => {
      scripts.push(command.reveal());
      return { code: 0, stdout: "", stderr: "" };
    },
    write: async () => {},
  } as unknown as Host;
  for (const images of [
    { kind: "archive", names: ["nginx"], file: "/x" },
    { kind: "pull", names: ["nginx"] },
  ]) {
    const artifacts = { images: async () => images } as unknown as ArtifactStore;
    const on = async () => ({ run: async () => ({ code: 0, stdout: "x86_64\n", stderr: "" }) });
    const context = { ...checkContextOf("cp"), on, note: () => {} } as unknown as ApplyContext;
    await (await stepOf("docker-image", { set: "nginx" }, artifacts)).apply?.(host, context, {});
  }
  assert.equal(scripts.length, 2);
  for (const script of scripts)
    for (const part of [/labwright-progress/, /MainPID/]) assert.match(script, part);
});
