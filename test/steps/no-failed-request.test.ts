import assert from "node:assert/strict";
import { test } from "node:test";
import { checked, said } from "./scene.ts";

const params = {
  namespace: "shop",
  deployment: "shop",
  container: "shop",
  customer: "customer",
  images: ["labwright/web:1", "labwright/web:2", "labwright/web:1"],
  patch: {},
};
const check = (record: unknown) => checked("no-failed-request", params, { record: said(record) });

test("no-failed-request: there and back, and not one failure", async () => {
  assert.deepEqual(await check({ asked: 400, failed: 0, versions: ["1", "2", "1"] }), []);
  assert.deepEqual(await check({ asked: 900, failed: 0, versions: ["1", "2", "1", "2", "1"] }), []);
});

test("no-failed-request: says what failed, and how far it came", async () => {
  const failure = 'Get "http://shop/": dial tcp 10.96.0.7:80: connect: connection refused';
  assert.deepEqual(await check({ asked: 400, failed: 3, versions: ["1", "2"], failure }), [
    "3 of 400 requests of customer failed: dial tcp 10.96.0.7:80: connect: connection refused",
    "versions that have answered customer alone: 1, then 2 seen, 1, then 2, then 1 expected",
  ]);
});

test("no-failed-request: without a record there is nothing to grade", async () => {
  const none = ["customer has had no answer so far"];
  assert.deepEqual(await check(""), none);
  assert.deepEqual(await check("web: connection refused"), none);
  assert.deepEqual(await check({ asked: 0, failed: 0, versions: [] }), none);
});
