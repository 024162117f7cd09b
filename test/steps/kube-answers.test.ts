import assert from "node:assert/strict";
import { test } from "node:test";
import { bound, checked, said } from "./scene.ts";

const inside = {
  namespace: "shop",
  from: "deployment/visitor",
  url: "http://my-app/",
  says: ["name: my-app"],
};
const asked = "asked from deployment visitor, http://my-app/";
const fromInside = (printed: string, code = 0) =>
  checked("kube-answers", inside, { answer: said(printed, code) });

test("kube-answers: the words of the answer count", async () => {
  assert.deepEqual(await fromInside("name: my-app\nversion: 1\n"), []);
  assert.deepEqual(await fromInside("name: other\nversion: 1\n"), [
    `${asked} answers without "name: my-app": name: other, version: 1`,
  ]);
});

test("kube-answers: where nothing answers, in plain words why", async () => {
  const words: Record<string, string> = {
    'web: Get "http://my-app/": dial tcp: lookup my-app on 10.96.0.10:53: no such host':
      "has a name that is not known",
    "web: dial tcp 10.96.1.2:80: connect: connection refused": "does not answer: connection refused",
    "web: http://my-app/ answers with status 403": "answers with status 403",
    "web: context deadline exceeded": "does not answer in time",
    'Error from server (NotFound): deployments.apps "visitor" not found':
      "cannot be asked: there is nothing to ask from",
    "something else\nand more": "cannot be asked: something else",
  };
  for (const [printed, expected] of Object.entries(words))
    assert.deepEqual(await fromInside(`${printed}\n`, 1), [`${asked} ${expected}`]);
});

test("kube-answers: a NodePort on every node", async () => {
  const params = { namespace: "shop", service: "page", says: ["Welcome"] };
  const check = (printed: string, code = 0) =>
    checked("kube-answers", params, { answer: said(printed, code) });
  assert.deepEqual(await check("cp\t200\tWelcome!\nw1\t200\tWelcome!\n"), []);
  assert.deepEqual(await check("cp\t000\t\nw1\t502\tBad\n"), [
    "cp answers not at all",
    "w1 answers with status 502",
  ]);
  assert.deepEqual(await check("cp\t200\tWelcome!\n"), ["w1 answers not at all"]);
  assert.deepEqual(await check("cp\t200\tWelcome!\nw1\t200\tIt works!\n"), [
    'w1 answers without "Welcome": It works!',
  ]);
  assert.deepEqual(await check("", 1), ["the service page is on no port of the nodes"]);
});

test("kube-answers: other URLs than http are refused", async () => {
  await assert.rejects(bound("kube-answers", { ...inside, url: "file:///etc/passwd" }));
});
