import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutExercise } from "../../src/exercises/baseline.ts";
import { nextHint } from "../../src/exercises/hints.ts";
import { scoreOf } from "../../src/exercises/score.ts";
import type { State } from "../../src/exercises/state.ts";
import { clusterRecorder } from "../../src/recording/cluster.ts";
import { differencesBetween, differenceText } from "../../src/recording/differences.ts";
import { dockerRecorder } from "../../src/recording/docker.ts";
import { fileRecorder } from "../../src/recording/files.ts";

const state = (name: string, began: string, before: State["before"]): State => ({
  name,
  began,
  before,
  found: [],
  tasks: [],
  room: [],
  hints: 0,
  checks: [],
});

test("a hint after the first is unlocked by a check that failed after the one before it was taken", () => {
  const check = (passed: boolean, hints: number) => ({ at: "", passed, hints });
  assert.equal(nextHint(2, { hints: 0, checks: [] }), "unlocked");
  assert.equal(nextHint(2, { hints: 1, checks: [check(false, 0)] }), "locked");
  assert.equal(nextHint(2, { hints: 1, checks: [check(true, 1)] }), "locked");
  assert.equal(nextHint(2, { hints: 1, checks: [check(false, 1)] }), "unlocked");
  assert.equal(nextHint(2, { hints: 2, checks: [check(false, 2)] }), "none");
});

test("points come for all goals, in time and by oneself", () => {
  const right = { goal: "g", machine: "m", task: "t", key: "k", verdict: "right" as const, words: [] };
  const started = "2026-01-01T00:00:00.000Z";
  const at = (minutes: number) => new Date(Date.parse(started) + minutes * 60_000);
  const exercise = { points: 10, timeLimit: 1800 };
  const score = (extra: object, minutes: number, graded = [right]) =>
    scoreOf(exercise, { started, hints: 0, ...extra }, graded, at(minutes));
  assert.equal(score({}, 29).points, 10);
  assert.deepEqual([score({}, 31).points, score({}, 31).late, score({}, 31).passed], [0, true, true]);
  assert.equal(score({ extended: 600 }, 40).points, 10);
  assert.equal(score({ extended: 600 }, 41).late, true);
  assert.equal(score({ solved: started }, 1).points, 0);
  assert.equal(score({}, 1, []).passed, false);
});

test("a reset takes what the exercise did out of the baselines above it, and nothing else", () => {
  const first = state("first", "1", { a: "0", gone: "0" });
  const second = state("second", "2", { a: "1", made: "1" });
  const third = state("third", "3", { a: "2", made: "1", own: "1" });
  const [changed, last] = withoutExercise(first, [second, third]);
  assert.deepEqual(changed?.before, { a: "0", gone: "0" });
  assert.deepEqual(last?.before, { a: "2", gone: "0", own: "1" });
  assert.deepEqual(withoutExercise(third, [first, second]), [], "those below know nothing of it");
});

test("differences are told in words", () => {
  const key = (name: string) => `stapp01\tdocker network\t${name}`;
  const found = differencesBetween(
    { [key("a")]: "1", [key("b")]: "1" },
    { [key("b")]: "2", [key("c")]: "1" },
  );
  assert.deepEqual(found.map(differenceText), [
    "stapp01: the docker network a was there before and is gone",
    "stapp01: the docker network b is not as it was before",
    "stapp01: the docker network c is there and was not before",
  ]);
});

test("the files' lists are read whatever a name has in it", () => {
  const sum = "a".repeat(64);
  const size = "3002530 1700000000.5";
  const name = '/root/a\n"b"\t$(id)';
  const entry = (path: string, shape: string) => `${path}\0${shape}\0`;
  const shapes = [
    entry("/root/d", "d 755 0:0 "),
    entry(name, "f 644 0:0 "),
    // Where a link leads is its owner's to choose, and must not become the name of something else.
    entry("/home/s/precious", "l 777 1:1 q\t/home/steve/l"),
    entry("/opt/big", "f 755 0:0 "),
  ];
  const printed = `${shapes.join("")}\0${sum}  ${name}\0\0${entry("/opt/big", size)}`;
  assert.deepEqual(fileRecorder.read(printed), [
    { kind: "file", name: "/root/d", value: "d 755 0:0" },
    { kind: "file", name, value: `f 644 0:0 ${"a".repeat(16)}` },
    { kind: "file", name: "/home/s/precious", value: "l 777 1:1 q\t/home/steve/l" },
    { kind: "file", name: "/opt/big", value: "f 755 0:0 3002530 1700000000.5" },
  ]);
});

test("of the images on a machine, those that exercises share are not recorded", () => {
  const probe = fileRecorder.probe.reveal();
  for (const set of ["exercises", "nginx-stable"]) assert.ok(probe.includes(`/etc/labwright/images/${set}`));
  assert.ok(!probe.includes("/etc/labwright/images/kubernetes"));
});

test("of the Docker engine, its own three networks are not recorded", () => {
  const lines = [
    'network "bridge" "bridge" {}',
    'network "news" "macvlan" {}',
    'container "/web" "nginx" []',
  ];
  assert.deepEqual(
    dockerRecorder.read(`${lines.join("\n")}\n`).map(({ kind, name }) => `${kind} ${name}`),
    ["docker network news", "docker container web"],
  );
});

test("of the cluster, what controllers made, and what becomes of objects, is not recorded", () => {
  const object = (kind: string, name: string, more: object = {}) => ({
    apiVersion: kind === "Deployment" ? "apps/v1" : "v1",
    kind,
    metadata: { name, namespace: "default", resourceVersion: String(Math.random()), ...more },
    status: Math.random(),
  });
  const owned = { ownerReferences: [{ controller: true }] };
  const list = (...items: object[]) => clusterRecorder.read(JSON.stringify({ items }));
  const [deployment, ...rest] = list(
    object("Deployment", "web"),
    object("Pod", "web-1", owned),
    object("ConfigMap", "kube-root-ca.crt"),
    object("ServiceAccount", "default"),
    object("APIService", "v1.apps", { labels: { "kube-aggregator.kubernetes.io/automanaged": "onstart" } }),
  );
  assert.deepEqual([deployment?.kind, deployment?.name, rest], ["deployment.apps", "default/web", []]);
  assert.deepEqual(list(object("Deployment", "web"))[0], deployment);
  const reordered = Object.fromEntries(Object.entries(object("Deployment", "web")).reverse());
  assert.equal(
    list(reordered)[0]?.value,
    deployment?.value,
    "the API server may change the order of members",
  );
  const labelled = list(object("Deployment", "web", { labels: { a: "b" } }));
  assert.notEqual(labelled[0]?.value, deployment?.value);
  const signed = (...signatures: string[]) =>
    list({
      ...object("ConfigMap", "cluster-info"),
      data: {
        kubeconfig: "x",
        ...Object.fromEntries(signatures.map((one) => [`jws-kubeconfig-${one}`, one])),
      },
    });
  assert.equal(signed("abcdef", "fedcba")[0]?.value, signed()[0]?.value);
  assert.deepEqual(clusterRecorder.read(""), []);
});

test("of a node's taints, those of its conditions are not recorded", () => {
  const node = (...keys: string[]) =>
    clusterRecorder.read(
      JSON.stringify({
        items: [
          {
            apiVersion: "v1",
            kind: "Node",
            metadata: { name: "w1" },
            spec: {
              podCIDR: "10.244.1.0/24",
              ...(keys.length > 0 && { taints: keys.map((key) => ({ key })) }),
            },
          },
        ],
      }),
    );
  assert.deepEqual(node("node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"), node());
  assert.notDeepEqual(node("maintenance"), node());
});
