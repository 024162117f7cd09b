import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyStore } from "../../../src/artifacts/lazy.ts";
import type { Scene } from "../../../src/engine/step.ts";
import type { Output } from "../../../src/hosts/types.ts";
import type { Lab, Machine } from "../../../src/lab/types.ts";
import { loadStep } from "../../../src/steps/registry.ts";

const machine: Machine = { name: "stapp01", role: "app-server", user: "tony", sudo: "password" };
const lab = { name: "apps", machines: [machine], cluster: { version: "1.36" } } as Lab;
const sceneOf = (one: Machine): Scene => ({
  lab,
  machine: one,
  addresses: new Map(),
  reach: () => undefined,
});
const said = (stdout: string, code = 0): Output => ({ code, stdout, stderr: "" });

async function bound(name: string, params: unknown = {}) {
  return (await loadStep(name))?.bind(params, emptyStore) ?? assert.fail(name);
}

test("docker-engine: not installed, stopped and well are told apart", async () => {
  const step = await bound("docker-engine");
  const [scene, program, client] = [sceneOf(machine), said("/usr/sbin/dockerd\n"), said("/usr/bin/docker\n")];
  const down = { engine: said("Cannot connect", 1), state: said("inactive\n", 3) };
  assert.deepEqual(step.check({ ...down, program: said("", 127), client }, scene), [
    "the Docker engine is not installed",
  ]);
  assert.deepEqual(step.check({ ...down, program, client: said("", 127) }, scene), [
    "the Docker client is not installed",
  ]);
  assert.deepEqual(step.check({ ...down, program, client }, scene), [
    "docker is inactive, not active",
    "the Docker engine does not answer",
  ]);
  assert.deepEqual(
    step.check({ engine: said("20.10.24"), state: said("active\n"), program, client }, scene),
    [],
  );
});

test("docker-image: names what the engine has not", async () => {
  const step = await bound("docker-image", { set: "nginx" });
  const missing = said("docker.io/library/nginx:latest\n");
  assert.deepEqual(step.check({ missing }, sceneOf(machine)), [
    "the Docker engine has no image docker.io/library/nginx:latest",
  ]);
  assert.deepEqual(step.check({ missing: said("") }, sceneOf(machine)), []);
});

test("docker-image: the image is the exercise's own, by the name that the engine lists", async () => {
  const places = async (set: string) => (await bound("docker-image", { set })).places?.({ machine });
  assert.deepEqual(await places("nginx-stable"), [{ kind: "docker image", name: "nginx:stable" }]);
  assert.deepEqual(await places("exercises"), [
    { kind: "docker image", name: "labwright/web:1" },
    { kind: "docker image", name: "labwright/web:2" },
  ]);
});
