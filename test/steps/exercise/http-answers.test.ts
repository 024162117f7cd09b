import assert from "node:assert/strict";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, checked, json, said, stepOf } from "../../support/steps.ts";
import { cases } from "./http-answers.cases.ts";

testCases(import.meta.filename, cases);

const inside = {
  namespace: "shop",
  from: "deployment/visitor",
  url: "http://my-app/",
  says: ["name: my-app"],
};
const _asked = "asked from deployment visitor, http://my-app/";
const _fromInside = (printed: string, code = 0) =>
  checked("http-answers", inside, { answer: said(printed, code) });

test("http-answers: a NodePort on every node, asked from another one", async () => {
  const params = { namespace: "shop", service: "page", says: ["Welcome"] };
  const check = (cp: string, w1: string, port = said("30080")) =>
    checked("http-answers", params, { port, "node.cp": said(cp), "node.w1": said(w1) });
  assert.deepEqual(await check("200\tWelcome!", "200\tWelcome!\n"), []);
  assert.deepEqual(await check("000\t", "502\tBad\n"), ["cp does not answer", "w1 answers with status 502"]);
  assert.deepEqual(await check("200\tWelcome!", ""), ["w1 does not answer"]);
  assert.deepEqual(await check("200\tWelcome!", "200\tIt works!"), [
    'w1 answers without "Welcome": It works!',
  ]);
  for (const none of [said("", 1), said("")])
    assert.deepEqual(await check("000\t", "000\t", none), ["the service page is on no port of the nodes"]);
  const probes = (await stepOf("http-answers", params)).probe(checkContextOf("cp"));
  const machineOf = (probe: unknown) => (probe as { machine: string }).machine;
  assert.deepEqual([machineOf(probes["node.cp"]), machineOf(probes["node.w1"])], ["w1", "cp"]);
});

test("http-answers: only pods of the deployment may be behind the Service", async () => {
  const params = { namespace: "shop", service: "page", deployment: "page" };
  const owned = (kind: string, name: string, by: string, owner: string) => ({
    kind,
    metadata: { name, ownerReferences: [{ kind: by, name: owner, controller: true }] },
  });
  const slice = (...names: string[]) => ({
    kind: "EndpointSlice",
    metadata: { name: "page-x", labels: { "kubernetes.io/service-name": "page" } },
    endpoints: names.map((name) => ({ targetRef: { kind: "Pod", name } })),
  });
  const objects = [
    owned("ReplicaSet", "page-1", "Deployment", "page"),
    owned("ReplicaSet", "other-1", "Deployment", "other"),
    owned("Pod", "page-1-a", "ReplicaSet", "page-1"),
    owned("Pod", "other-1-b", "ReplicaSet", "other-1"),
    { kind: "Pod", metadata: { name: "alone" } },
  ];
  const check = (...names: string[]) =>
    checked("http-answers", params, {
      port: said("30080"),
      "node.cp": said("200\tx"),
      "node.w1": said("200\tx"),
      behind: json({ items: [...objects, slice(...names)] }),
    });
  assert.deepEqual(await check("page-1-a"), []);
  assert.deepEqual(await check("page-1-a", "other-1-b", "alone"), [
    "behind the service page is the pod other-1-b, which is not of the deployment page",
    "behind the service page is the pod alone, which is not of the deployment page",
  ]);
  const inside = { ...params, from: "deployment/visitor", url: "http://page/" };
  const asked = (...names: string[]) =>
    checked("http-answers", inside, {
      answer: said("x"),
      asker: said(""),
      behind: json({ items: [...objects, slice(...names)] }),
    });
  assert.deepEqual(await asked("page-1-a"), []);
  assert.deepEqual(await asked("alone"), [
    "behind the service page is the pod alone, which is not of the deployment page",
  ]);
  const address = { namespace: "shop", service: "page", deployment: "page", port: 80, path: "/", says: "x" };
  assert.deepEqual(
    await checked("service-answers", address, {
      service: said("10.96.0.9"),
      page: said("x"),
      behind: json({ items: [...objects, slice("other-1-b")] }),
    }),
    ["behind the service page is the pod other-1-b, which is not of the deployment page"],
  );
});

test("http-answers: other URLs than http are refused", async () => {
  await assert.rejects(stepOf("http-answers", { ...inside, url: "file:///etc/passwd" }));
});
