import assert from "node:assert/strict";
import { test } from "node:test";
import { json, nothing, said, sceneOf, stepOf } from "../../support/steps.ts";

const params = {
  namespace: "pod-anatomy",
  pod: "newsroom",
  container: "press",
  path: "/usr/share/nginx/html",
  with: "writer",
};
const token = { name: "kube-api-access-x", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" };

const check = async (press: object[], writer: object[]): Promise<readonly string[]> => {
  const containers = [
    { name: "press", volumeMounts: [token, ...press] },
    { name: "writer", volumeMounts: [token, ...writer] },
  ];
  const pod = json({ apiVersion: "v1", kind: "Pod", metadata: { name: "newsroom" }, spec: { containers } });
  return (await stepOf("pod-shares-volume", params)).check({ pod }, sceneOf("cp"));
};

test("pod-shares-volume: one volume in both containers, wherever the other has it", async () => {
  const press = { name: "pages", mountPath: "/usr/share/nginx/html/" };
  assert.deepEqual(await check([press], [{ name: "pages", mountPath: "/news" }]), []);
  for (const writer of [
    [],
    [{ name: "texts", mountPath: "/news" }],
    [{ name: "pages", mountPath: "/n", subPath: "a" }],
  ])
    assert.deepEqual(await check([press], writer), [
      "the volume that press has at /usr/share/nginx/html is not one that writer has too",
    ]);
  assert.deepEqual(await check([], []), ["the container press has no volume at /usr/share/nginx/html"]);
});

test("pod-shares-volume: a pod that is missing, and an API server that does not answer", async () => {
  const step = await stepOf("pod-shares-volume", params);
  assert.deepEqual(step.check({ pod: said("") }, sceneOf("cp")), ["the pod newsroom is missing"]);
  assert.deepEqual(step.check({ pod: nothing }, sceneOf("cp")), ["the API server does not answer"]);
});
