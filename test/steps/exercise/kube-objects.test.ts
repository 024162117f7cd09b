import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, checked, json, said, stepOf } from "../../support/steps.ts";
import { cases } from "./kube-objects.cases.ts";

testCases(import.meta.filename, cases);

const manifest = (kind: string, name: string) => ({ apiVersion: "v1", kind, metadata: { name } });
const image = "spec.template.spec.containers.*.image";
const params = {
  namespace: "shop",
  objects: [manifest("Deployment", "page"), manifest("Service", "page")],
  graded: [
    { object: "deployment/page", at: "spec.replicas", as: "replicas", is: 2 },
    { object: "deployment/page", at: image, as: "image", is: "nginx:stable" },
    { object: "deployment/page", at: image, as: "containers", count: 1 },
    { object: "service/page", at: ["spec", "selector", "app.kubernetes.io/name"], as: "selector" },
  ],
};
const service = { ...manifest("Service", "page"), spec: { selector: { "app.kubernetes.io/name": "page" } } };
const deployment = (replicas: number, ...images: string[]) => ({
  ...manifest("Deployment", "page"),
  spec: { replicas, template: { spec: { containers: images.map((one) => ({ image: one })) } } },
});
const check = (...items: unknown[]) =>
  checked("kube-objects", params, { present: json({ kind: "List", items }) });

test("kube-objects: content with the wanted fields, whatever else is there, and with an image's whole name", async () => {
  const other = { ...deployment(2, "docker.io/library/nginx:stable"), status: { replicas: 2 } };
  assert.deepEqual(await check(other, service), []);
});

test("kube-objects: says what was seen and what was expected", async () => {
  assert.deepEqual(await check(deployment(3, "nginx", "web:1"), { ...service, spec: {} }), [
    "the deployment page: replicas: 3 seen, 2 expected",
    "the deployment page: image: nginx and web:1 seen, nginx:stable expected",
    "the deployment page: containers: 2 seen, 1 expected",
    "the service page: selector: nothing seen",
  ]);
  assert.deepEqual(await check({ ...deployment(2), spec: {} }, service), [
    "the deployment page: replicas: nothing seen, 2 expected",
    "the deployment page: image: nothing seen, nginx:stable expected",
    "the deployment page: containers: 0 seen, 1 expected",
  ]);
});

test("kube-objects: without `is`, a key of an object may have any value, but has to be there", async () => {
  const key = {
    namespace: "shop",
    objects: [manifest("Secret", "login")],
    graded: [{ object: "secret/login", at: ["data", "tls.key"], as: "the key tls.key" }],
  };
  const seen = async (data: object) =>
    checked("kube-objects", key, { present: json({ ...manifest("Secret", "login"), data }) });
  for (const value of ["ZmxvdXI=", ""]) assert.deepEqual(await seen({ "tls.key": value }), []);
  for (const data of [{}, { tls: { key: "ZmxvdXI=" } }])
    assert.deepEqual(await seen(data), ["the secret login: the key tls.key: nothing seen"]);
});

test("kube-objects: one that is missing is named once, also where kubectl prints a single object or nothing", async () => {
  const missing = "the deployment page is missing in the namespace shop";
  assert.deepEqual(await check(service), [missing]);
  assert.deepEqual(await checked("kube-objects", params, { present: json(service) }), [missing]);
  assert.equal((await checked("kube-objects", params, { present: said("") })).length, 2);
  assert.deepEqual(await checked("kube-objects", params, { present: said("", 1) }), [
    "the API server does not answer",
  ]);
});

test("kube-objects: a namespace or a graded object that could be read as shell is refused", async () => {
  await assert.rejects(stepOf("kube-objects", { ...params, namespace: "$(id)" }));
  await assert.rejects(
    stepOf("kube-objects", { ...params, graded: [{ object: "pod/a b", at: "x", as: "x" }] }),
  );
  const odd = { ...params, objects: [manifest("Pod", "a'; id")] };
  assert.match(
    String((await stepOf("kube-objects", odd)).probe(checkContextOf("cp")).present),
    /'pod\/a'\\''; id'/,
  );
});
