import assert from "node:assert/strict";
import { test } from "node:test";
import { explainText, keysOf, type Schema, schemaOf, typeOf } from "../../src/lab/explain.ts";
import { labSchemaJson } from "../../src/lab/schema.ts";

const whole = labSchemaJson() as Schema;

test("a key is found in maps, in the items of lists, and where there is a choice", () => {
  assert.match(schemaOf(whole, "machines.role").description ?? "", /^control-plane, worker/);
  assert.equal(schemaOf(whole, "entrance.listen").default, "127.0.0.1");
  assert.equal(schemaOf(whole, "cluster.runtime").default, "containerd");
  assert.equal(schemaOf(whole, ""), whole);
});

test("a key that people name themselves is found too", () => {
  assert.equal(typeOf(schemaOf(whole, "cluster.kubelet.evictionHard.memory")), "string");
});

test("an unknown key is refused with the nearest, and with the keys that there are", () => {
  assert.throws(() => schemaOf(whole, "cluster.rntime"), {
    ...{ code: "no-such-key", exit: 2, message: 'cluster has no key "rntime"' },
    remedy: /^For its keys: did you mean runtime\? Known are: version, runtime/,
  });
  assert.throws(() => schemaOf(whole, "machine"), { message: 'the lab file has no key "machine"' });
  assert.throws(() => schemaOf(whole, "name.first"), {
    message: 'name has no key "first"',
    remedy: "Run `labwright explain name`: it has no keys.",
  });
});

const types: [string, Schema][] = [
  ["true", { const: true }],
  ["a | b", { enum: ["a", "b"] }],
  ["boolean or map", { anyOf: [{ type: "boolean" }, { type: "object" }] }],
  ["list of string", { type: "array", items: { type: "string" } }],
  ["integer from 0 to 20", { type: "integer", minimum: 0, maximum: 20 }],
  ["integer", { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }],
  ["any", {}],
];

for (const [words, schema] of types)
  test(`a type in words: ${words}`, () => assert.equal(typeOf(schema), words));

test("the text has type, description, default, and the keys with those that are required", () => {
  const item: Schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
  assert.equal(
    explainText("m", { description: "Machines.", default: "cp", type: "array", items: item }),
    "KEY: m  <list of map>\n\nDESCRIPTION:\n  Machines.\n\nDEFAULT:\n  cp\n\nKEYS:\n  name  <string>  required\n",
  );
  assert.equal(explainText("x", {}), "KEY: x  <any>\n");
});

test("every key that is not one of kubeadm's or the kubelet's own is described", () => {
  const bare = (schema: Schema, path: string): string[] =>
    Object.entries(keysOf(schema)).flatMap(([name, one]) => {
      const at = path === "" ? name : `${path}.${name}`;
      const isForeign = /^cluster\.(kubelet|auditPolicy|apiServer|controllerManager|scheduler|etcd)\./.test(
        at,
      );
      return isForeign ? [] : [...(one.description === undefined ? [at] : []), ...bare(one, at)];
    });
  assert.deepEqual(bare(whole, ""), []);
});
