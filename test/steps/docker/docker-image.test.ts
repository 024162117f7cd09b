import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, stepOf } from "../../support/steps.ts";
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
