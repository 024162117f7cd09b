import assert from "node:assert/strict";
import { test } from "node:test";
import { checked, said } from "../scene.ts";

const object = (kind: string, rest: object) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "oven", uid: "1" },
  ...rest,
});
const set = object("ReplicaSet", { status: { replicas: 3 } });
const event = (reason: string, pod: string, uid = "1") =>
  object("Event", {
    reason,
    message: `${reason === "SuccessfulCreate" ? "Created" : "Deleted"} pod: ${pod}`,
    involvedObject: { uid },
  });
const made = (...pods: string[]) => pods.map((pod) => event("SuccessfulCreate", pod));
const check = (present: unknown, ...items: unknown[]) =>
  checked(
    "pods-heal",
    { namespace: "shop", replicaSet: "oven" },
    { set: said(present), events: said({ items }) },
  );

const none = "the ReplicaSet oven has made 3 pods, and none of them in the place of a deleted one";

test("pods-heal: more pods made than there are now, and not taken away by the ReplicaSet itself", async () => {
  assert.deepEqual(await check(set, ...made("a", "b", "c", "d")), []);
  assert.deepEqual(await check(set, ...made("a", "b", "c")), [none]);
  assert.equal(
    (await check(set, ...made("a", "b", "c", "d"), event("SuccessfulDelete", "d"))).length,
    1,
    "scaled",
  );
});

test("pods-heal: events of an earlier ReplicaSet of that name, and repeated ones, count for nothing", async () => {
  assert.deepEqual(await check(set, ...made("a", "b", "c"), event("SuccessfulCreate", "old", "0")), [none]);
  assert.deepEqual(await check(set, ...made("a", "b", "c", "c")), [none]);
});

test("pods-heal: no ReplicaSet", async () => {
  assert.deepEqual(await check(""), ["the ReplicaSet oven is missing"]);
});
