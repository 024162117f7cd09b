import assert from "node:assert/strict";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { addContext, contextOf, fromAdminConf, removeContext } from "../../src/kubeconfig/context.ts";
import { readYaml } from "../../src/lab/yaml.ts";
import { handWritten, kubectlStyle, lab } from "./samples.ts";

const hasCode = (code: string) => (error: unknown) => error instanceof LabwrightError && error.code === code;

/** The lines of `text` that are not in `other`, in order; throws where `other` is not all of the rest. */
function linesBesides(text: string, other: string): string[] {
  const rest = other.split("\n");
  return text.split("\n").filter((line) => {
    if (line !== rest[0]) return true;
    rest.shift();
    return false;
  });
}

test("a context is added to what kubectl wrote in kubectl's own style; only the pointer changes besides", () => {
  const added = addContext(kubectlStyle, lab());
  const besides = linesBesides(
    added,
    kubectlStyle.replace("current-context: minikube", "current-context: basics"),
  );
  assert.deepEqual(besides, [
    "- name: labwright-basics",
    "  cluster:",
    "    server: https://172.30.0.2:6443",
    "    certificate-authority-data: Q0E=",
    "- name: basics",
    "  context:",
    "    cluster: labwright-basics",
    "    user: labwright-basics",
    "    extensions:",
    "      - name: labwright",
    "        extension:",
    "          previousContext: minikube",
    "- name: labwright-basics",
    "  user:",
    "    client-certificate-data: Q0VSVA==",
    "    client-key-data: S0VZ",
  ]);
  assert.deepEqual(contextOf(added, "basics"), lab());
});

test("comments, quotes, order and indentation of a hand-written file stay", () => {
  const added = addContext(handWritten, lab());
  assert.doesNotThrow(() => linesBesides(added, handWritten.replace('"work"   # the', "basics   # the")));
  assert.equal(linesBesides(added, handWritten.replace('"work"   # the', "basics   # the")).length, 16);
  assert.equal(removeContext(added, "basics"), handWritten);
});

test("the same entry a second time gives the same text", () => {
  for (const text of ["", kubectlStyle, handWritten, '{"contexts": []}']) {
    const once = addContext(text, lab());
    assert.equal(addContext(once, lab()), once);
  }
});

test("a new server replaces the old one in place, and the way back stays known", () => {
  for (const text of ["", kubectlStyle, handWritten, '{"contexts": []}']) {
    const once = addContext(text, lab());
    const moved = addContext(once, { ...lab(), server: "https://10.0.0.1:6443" });
    assert.equal(moved, once.replace("https://172.30.0.2:6443", "https://10.0.0.1:6443"));
    assert.equal(removeContext(moved, "basics"), text);
  }
});

test("an empty file becomes a kubeconfig, and nothing again", () => {
  const added = addContext("", lab());
  const { value } = readYaml(added, "config");
  assert.deepEqual(Object.keys(value ?? {}), [
    "apiVersion",
    "kind",
    "clusters",
    "contexts",
    "users",
    "current-context",
  ]);
  assert.equal(removeContext(added, "basics"), "");
});

test("what its owner adds to our context is kept when it is renewed", () => {
  const named = addContext(kubectlStyle, lab()).replace(
    "    user: labwright-basics\n",
    "    user: labwright-basics\n    namespace: shop\n",
  );
  const renewed = addContext(named, { ...lab(), server: "https://10.0.0.1:6443" });
  assert.match(renewed, /namespace: shop/);
});

test("a context of that name that is someone else's is neither replaced nor removed", () => {
  assert.throws(() => addContext(kubectlStyle, lab("work")), hasCode("context-taken"));
  assert.equal(removeContext(kubectlStyle, "work"), kubectlStyle);
  assert.equal(removeContext(kubectlStyle, "basics"), kubectlStyle);
});

test("a pointer that was moved since stays where it is", () => {
  const moved = addContext(kubectlStyle, lab()).replace("current-context: basics", "current-context: work");
  assert.equal(
    removeContext(moved, "basics"),
    kubectlStyle.replace("current-context: minikube", "current-context: work"),
  );
});

test("two labs: whichever goes first, the file ends as it began", () => {
  for (const text of [
    "",
    "clusters: null\n",
    kubectlStyle,
    handWritten,
    '{"users": [], "clusters": [{"name": "x"}]}',
  ]) {
    const both = addContext(addContext(text, lab("one")), { ...lab("two"), server: "https://10.0.0.1:6443" });
    assert.deepEqual(contextOf(removeContext(both, "one"), "two"), {
      ...lab("two"),
      server: "https://10.0.0.1:6443",
    });
    assert.equal(removeContext(removeContext(both, "one"), "two"), text);
    assert.equal(removeContext(removeContext(both, "two"), "one"), text);
  }
});

test("the half of an entry that an owner took away is put back, and what is left of one is taken out", () => {
  const added = addContext(kubectlStyle, lab());
  const withoutUser = added.replace(/- name: labwright-basics\n {2}user:\n.*\n.*\n/, "");
  assert.notEqual(withoutUser, added);
  assert.equal(contextOf(withoutUser, "basics"), undefined);
  assert.equal(addContext(withoutUser, lab()), added);
  assert.equal(removeContext(withoutUser, "basics"), kubectlStyle);
});

test("a file with one line per list in brackets keeps all its bytes", () => {
  const texts = [
    "contexts: []\nclusters: [ ]\nusers: null\ncurrent-context: ''\n",
    "contexts: ~ # none\nclusters:\nusers: # none\ncurrent-context:",
    '{"apiVersion":"v1","kind":"Config","clusters":[{"name":"a","cluster":{"server":"s"}}],"contexts":[],"users":null}',
    `${JSON.stringify(readYaml(kubectlStyle, "x").value, undefined, 4)}\n`,
    "{}",
    "{clusters: [{name: a, cluster: {server: s}}], current-context: 'a b'} # flow",
  ];
  for (const text of texts) {
    const added = addContext(text, lab());
    assert.deepEqual(contextOf(added, "basics"), lab(), added);
    assert.equal(removeContext(added, "basics"), text);
  }
  const json = texts[2] ?? "";
  assert.doesNotThrow(() => JSON.parse(addContext(json, lab())), "JSON stays JSON");
});

test("after kubectl has rewritten the file, only our entries go", () => {
  const added = addContext("users: null\n", lab());
  const { value } = readYaml(added, "x");
  const sorted = JSON.stringify({ preferences: {}, ...(value as object) }, undefined, 1);
  assert.deepEqual(JSON.parse(removeContext(sorted, "basics")), { preferences: {}, users: null });
});

test("a text that is not YAML or not a kubeconfig is reported with its place, and has no context", () => {
  const broken = "contexts:\n- name: a\n\tcontext: b\n";
  assert.throws(() => addContext(broken, lab()), /the kubeconfig:3:\d+: this is not YAML/);
  assert.throws(() => addContext("- a\n", lab()), hasCode("kubeconfig-shape"));
  assert.throws(() => addContext("contexts: {a: b}\n", lab()), hasCode("kubeconfig-shape"));
  assert.equal(contextOf(broken, "basics"), undefined);
});

test("an entry is made from admin.conf, with this computer's way to the server", () => {
  const admin = addContext("", { ...lab("kubernetes-admin"), server: "https://10.0.0.9:6443" });
  assert.deepEqual(fromAdminConf(admin, "basics", { server: "https://127.0.0.1:40000" }), {
    ...lab(),
    server: "https://127.0.0.1:40000",
  });
  assert.throws(() => fromAdminConf(kubectlStyle, "basics", { server: "https://x" }), hasCode("admin-conf"));
  assert.throws(() => fromAdminConf("", "basics", { server: "https://x" }), hasCode("admin-conf"));
});

test("a context that was renamed is found by its cluster and user: renewed under its name, and taken out", () => {
  const renamed = addContext(kubectlStyle, lab())
    .replace(/^- name: basics$/m, "- name: mine")
    .replace("current-context: basics", "current-context: mine");
  assert.deepEqual(contextOf(renamed, "basics"), lab());
  assert.equal(addContext(renamed, lab()), renamed);
  const renewed = addContext(renamed, { ...lab(), server: "https://172.30.0.9:6443" });
  assert.match(renewed, /current-context: mine/);
  assert.doesNotMatch(renewed, /^- name: basics$/m);
  assert.equal(removeContext(renewed, "basics"), kubectlStyle);
});

test("contexts that someone made from the lab's go with it, for they would lead nowhere", () => {
  const added = addContext(kubectlStyle, lab());
  const more = added.replace(
    /^contexts:$/m,
    "contexts:\n- name: basics-dev\n  context: { cluster: labwright-basics, user: labwright-basics, namespace: dev }",
  );
  assert.equal(removeContext(more, "basics"), kubectlStyle);
});
