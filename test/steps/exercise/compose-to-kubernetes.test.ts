import assert from "node:assert/strict";
import { test } from "node:test";
import { nothing, said, sceneOf, stepOf } from "../../support/steps.ts";

const app = {
  folder: "/root/shop",
  services: ["front", "stock"],
  url: "http://localhost:8080/stock",
  says: "12 apples",
  solution: "services: {}\n",
};

test("compose-app: tells the services that Compose does not run, and a page that does not answer", async () => {
  const step = await stepOf("compose-app", app);
  const scene = sceneOf("w1");
  const good = { containers: said("stock\nfront\n"), page: said("12 apples, 7 pears\n") };
  assert.deepEqual(step.check(good, scene), []);
  assert.deepEqual(step.check({ ...good, containers: said("stock\n") }, scene), [
    "Docker Compose runs no service front out of /root/shop",
  ]);
  assert.deepEqual(step.check({ ...good, page: said("the shop\n") }, scene), [
    'on w1, http://localhost:8080/stock does not answer with "12 apples"',
  ]);
  assert.deepEqual(step.check({ ...good, containers: nothing }, scene), [
    "the Docker engine of w1 does not answer",
  ]);
});

test("service-answers: tells a service that is missing, and one that answers with something else", async () => {
  const step = await stepOf("service-answers", {
    namespace: "shop",
    service: "front",
    port: 80,
    path: "/stock",
    says: "12 apples",
  });
  const scene = sceneOf("cp");
  assert.deepEqual(step.check({ service: said("10.96.0.7"), page: said("12 apples, 7 pears\n") }, scene), []);
  assert.deepEqual(step.check({ service: nothing, page: nothing }, scene), [
    "there is no service front in the namespace shop",
  ]);
  assert.match(
    step.check({ service: said("10.96.0.7"), page: nothing }, scene).join(),
    /does not answer at \/stock/,
  );
});
