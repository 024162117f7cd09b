import assert from "node:assert/strict";
import { test } from "node:test";
import { LabwrightError } from "../../../src/errors.ts";
import type { Host } from "../../../src/hosts/types.ts";
import { recorder } from "../../support/recorder.ts";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, stepOf } from "../../support/steps.ts";
import { namedArtifacts } from "../../support/store.ts";
import { cases } from "./docker-image.cases.ts";

testCases(import.meta.filename, cases);

test("docker-image: the image is the exercise's own, by the name that the engine lists", async () => {
  const places = async (set: string) =>
    (await stepOf("docker-image", { set })).places?.(checkContextOf("cp"));
  assert.deepEqual(await places("nginx-stable"), [{ kind: "docker image", name: "nginx:stable" }]);
  assert.deepEqual(await places("exercises"), [
    { kind: "docker image", name: "labwright/web:1" },
    { kind: "docker image", name: "labwright/web:2" },
  ]);
});

/** Pulls the images of `exercises` with an engine whose first pulls print `failures` and fail. */
async function pull(failures: string[]) {
  const machines = recorder([], {});
  const host = machines.host("cp");
  const run: Host["run"] = async (command, options) => {
    const output = await host.run(command, options);
    const words = command.shown.includes("docker pull") ? failures.shift() : undefined;
    return words === undefined ? output : { code: 1, stdout: "labwright-progress 5\n", stderr: words };
  };
  const names = ["docker.io/library/nginx:1", "docker.io/labwright/web:1"];
  const fetch = async (image: string) => `/cache/${image.split("/").at(-1)}.tar`;
  const step = await stepOf(
    "docker-image",
    { set: "exercises" },
    {
      ...namedArtifacts,
      images: async () => ({ kind: "pull" as const, id: "exercises", names, fetch }),
    },
  );
  const context = machines.context(checkContextOf("cp"));
  const on: typeof context.on = async () => ({
    ...host,
    run: async () => ({ code: 0, stdout: "x86_64\ndebian\nbookworm\n", stderr: "" }),
  });
  const thrown = await Promise.resolve(step.apply?.({ ...host, run }, { ...context, on }, {})).then(
    () => undefined,
    (error: unknown) => error,
  );
  const commands =
    machines.done().match(/^ *(docker (?!image inspect.*echo)[^\n]*|cp is sent[^\n]*)$/gm) ?? [];
  return { thrown, commands: commands.map((line) => line.trim()), notes: machines.notes() };
}

const inspectOrPull = (name: string) =>
  `docker image inspect ${name} >/dev/null 2>&1 || docker pull --quiet ${name}`;

test("docker-image: images that are not at hand are pulled one after the other, if the engine lacks them", async () => {
  const { thrown, commands, notes } = await pull([]);
  assert.equal(thrown, undefined);
  assert.deepEqual(commands, [
    inspectOrPull("docker.io/library/nginx:1"),
    inspectOrPull("docker.io/labwright/web:1"),
  ]);
  assert.deepEqual(notes, ["pulling docker.io/library/nginx:1", "pulling docker.io/labwright/web:1"]);
});

test("docker-image: an image from the second place gets its own name", async () => {
  const { thrown, commands } = await pull(["403 Forbidden"]);
  const second = "public.ecr.aws/docker/library/nginx:1";
  assert.equal(thrown, undefined);
  assert.deepEqual(commands.slice(1, 3), [
    inspectOrPull(second),
    `docker tag ${second} docker.io/library/nginx:1 && docker rmi ${second}`,
  ]);
});

test("docker-image: what the engine cannot pull is fetched here, sent and loaded", async () => {
  const { thrown, commands } = await pull(["403 Forbidden", "403 Forbidden"]);
  assert.equal(thrown, undefined);
  assert.deepEqual(commands.slice(2, 4), [
    "cp is sent /var/lib/labwright-docker-images.tar root:root 0600",
    "docker load --quiet --input /var/lib/labwright-docker-images.tar && rm /var/lib/labwright-docker-images.tar",
  ]);
});

test("docker-image: a pull that fails names the engine and shows what it printed", async () => {
  const { thrown } = await pull(["no space left on device"]);
  assert.ok(thrown instanceof LabwrightError);
  assert.match(thrown.message, /^the Docker engine on cp could not pull docker\.io\/library\/nginx:1 /);
  assert.equal(thrown.output, "no space left on device");
});
