import assert from "node:assert/strict";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import type { Command } from "../../src/hosts/sh.ts";
import { pullBase } from "../../src/providers/docker/base-image.ts";
import type { Docker } from "../../src/providers/docker/docker.ts";

/** Has an engine pull an image; its pulls throw `failures`, one after the other, and then succeed. */
async function pulled(image: string, { present = false, failures = [] as Error[] } = {}) {
  const asked: string[] = [];
  const docker = {
    has: async () => present,
    run: async (command: Command) => {
      asked.push(command.shown);
      const failure = command.shown.startsWith("pull ") ? failures.shift() : undefined;
      if (failure) throw failure;
      return "";
    },
  } as unknown as Docker;
  const pulling = { note: () => {}, signal: new AbortController().signal, pauses: [] };
  const error = await pullBase(docker, image, pulling).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { asked, error };
}

const failed = (output: string, code = "command-failed"): LabwrightError =>
  new LabwrightError({ code, message: "docker pull failed", remedy: "Look.", output });

test("an image that the engine has is not pulled", async () => {
  assert.deepEqual(await pulled("debian:12", { present: true }), { asked: [], error: undefined });
});

test("an official image is pulled by its full name, and another by its own", async () => {
  assert.deepEqual((await pulled("debian:12")).asked, ["pull docker.io/library/debian:12"]);
  assert.deepEqual((await pulled("quay.io/a/b:1")).asked, ["pull quay.io/a/b:1"]);
});

test("an official image that Docker Hub refuses comes from a second place, under its own name", async () => {
  const { asked, error } = await pulled("debian:12", { failures: [failed("403 Forbidden")] });
  const second = "public.ecr.aws/docker/library/debian:12";
  assert.equal(error, undefined);
  assert.deepEqual(asked.slice(1), [
    `pull ${second}`,
    `tag ${second} docker.io/library/debian:12`,
    `rmi ${second}`,
  ]);
});

test("what the engine's own network settings cause has the remedy that is the engine's", async () => {
  const { error } = await pulled("quay.io/a/b:1", { failures: [failed("x509: unknown authority")] });
  assert.ok(error instanceof LabwrightError);
  assert.match(error.message, /^the Docker engine could not pull quay\.io\/a\/b:1 /);
  assert.match(error.remedy, /daemon\.json/);
  assert.deepEqual([error.code, error.output], ["image-certificate", "x509: unknown authority"]);
});

test("what the registry refuses keeps its own remedy", async () => {
  const { error } = await pulled("quay.io/a/b:1", { failures: [failed("manifest unknown")] });
  assert.ok(error instanceof LabwrightError);
  assert.equal(error.code, "image-absent");
  assert.doesNotMatch(error.remedy, /daemon\.json/);
});

test("an engine that is gone is not a failed pull", async () => {
  const { error } = await pulled("quay.io/a/b:1", { failures: [failed("", "engine-gone")] });
  assert.equal((error as LabwrightError).code, "engine-gone");
});
