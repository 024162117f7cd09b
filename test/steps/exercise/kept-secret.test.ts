import assert from "node:assert/strict";
import { test } from "node:test";
import { checked, said } from "../scene.ts";

const params = { namespace: "shop", secret: "key", key: "password", value: "flour" };
const object = (kind: string, rest: object) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "key" },
  ...rest,
});
const secret = (value: string) =>
  object("Secret", { data: { password: Buffer.from(value).toString("base64") } });
const check = (found: unknown, ...items: unknown[]) =>
  checked("kept-secret", params, { secret: said(found), others: said({ items }) });

test("kept-secret: the value is in the Secret, and nowhere else", async () => {
  const pod = object("Pod", { spec: { env: [{ valueFrom: { secretKeyRef: { name: "key" } } }] } });
  assert.deepEqual(await check(secret("flour"), pod), []);
  assert.deepEqual(await check(secret("flour"), object("ConfigMap", { data: { text: "password=flour" } })), [
    "the ConfigMap key shows the value that should be secret as plain text",
  ]);
});

test("kept-secret: no difference shows the value", async () => {
  assert.deepEqual(await check(""), ["the Secret key is missing in the namespace shop"]);
  assert.deepEqual(await check(object("Secret", { data: {} })), ["the Secret key has no password"]);
  assert.deepEqual(await check(secret("sugar")), [
    "password of the Secret key is not the value that was asked for",
  ]);
  assert.deepEqual(await check(secret("flour\n")), [
    "password of the Secret key has a blank or a line's end around it",
  ]);
});
