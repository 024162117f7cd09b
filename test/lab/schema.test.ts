import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isRecord } from "../../src/lab/finding.ts";
import { labSchemaJson } from "../../src/lab/schema.ts";
import { readYaml } from "../../src/lab/yaml.ts";

const schema = labSchemaJson();
const root = join(import.meta.dirname, "../..");
const read = (path: string): unknown => readYaml(readFileSync(path, "utf8"), path).value ?? null;

const typeOf = (value: unknown): string[] => {
  if (value === null) return ["null"];
  if (Array.isArray(value)) return ["array"];
  return Number.isInteger(value) ? ["number", "integer"] : [typeof value];
};

const words = (value: unknown): string[] => [value].flat().filter((word) => typeof word === "string");

/** What of the JSON Schema's keywords, of those that ours has, a value does not keep to. */
function faults(value: unknown, rule: unknown, place = "$"): string[] {
  assert.ok(isRecord(rule));
  if (Array.isArray(rule.anyOf)) {
    const all = rule.anyOf.map((one) => faults(value, one, place));
    return all.some((found) => found.length === 0) ? [] : (all.at(-1) ?? []);
  }
  const types = words(rule.type);
  if (types.length > 0 && !typeOf(value).some((type) => types.includes(type))) return [`${place} type`];
  if (Array.isArray(rule.enum) && !rule.enum.includes(value)) return [`${place} enum`];
  if (typeof value === "string") {
    const long = typeof rule.maxLength === "number" && value.length > rule.maxLength;
    const odd = typeof rule.pattern === "string" && !new RegExp(rule.pattern, "u").test(value);
    return long || odd ? [`${place} text`] : [];
  }
  if (typeof value === "number") {
    const { minimum = value, maximum = value } = rule;
    return Number(minimum) <= value && value <= Number(maximum) ? [] : [`${place} range`];
  }
  if (Array.isArray(value)) {
    const few = typeof rule.minItems === "number" && value.length < rule.minItems ? [`${place} items`] : [];
    return [...few, ...value.flatMap((item, index) => faults(item, rule.items, `${place}[${index}]`))];
  }
  if (!isRecord(value)) return [];
  const { properties = {}, required } = rule;
  assert.ok(isRecord(properties));
  const missing = words(required).filter((key) => !Object.hasOwn(value, key));
  return [
    ...missing.map((key) => `${place}.${key} missing`),
    ...Object.entries(value).flatMap(([key, below]) =>
      Object.hasOwn(properties, key)
        ? faults(below, properties[key], `${place}.${key}`)
        : [`${place}.${key} unknown`],
    ),
  ];
}

test("editors accept lab.yaml and every good lab file", () => {
  const good = readdirSync(join(import.meta.dirname, "good")).map((name) =>
    join(import.meta.dirname, "good", name),
  );
  assert.ok(good.length > 5);
  for (const path of [join(root, "lab.yaml"), ...good])
    assert.deepEqual(faults(read(path), schema), [], path);
});

const refused: Record<string, string[]> = {
  "unknown-keys": ["$.nmae unknown", "$.Provider unknown", "$.machine unknown", "$.wibble unknown"],
  "missing-name-and-role": ["$.machines[1].name missing", "$.machines[2].role missing"],
  "count-out-of-range": [
    "$.machines[1].count range",
    "$.machines[2].count range",
    "$.machines[3].count type",
    "$.machines[4].count range",
  ],
  "lab-name-shell": ["$.name text"],
  "machines-empty": ["$.machines items"],
  "version-not-supported": ["$.cluster.version text"],
  "version-too-old": ["$.cluster.version range"],
  "version-leading-zero": ["$.cluster.version text"],
  "cidr-ipv6": ["$.cluster.network.podSubnet text"],
  "top-is-a-list": ["$ type"],
};

for (const [name, expected] of Object.entries(refused)) {
  test(`editors mark ${name}`, () => {
    assert.deepEqual(faults(read(join(import.meta.dirname, "bad", `${name}.yaml`)), schema), expected);
  });
}

/** Kubernetes' own documentation describes the keys of such an object. */
const isKubernetesOwn = ({ $comment }: Record<string, unknown>): boolean =>
  typeof $comment === "string" && $comment.includes("k8s.io/");

test("every key has a description, and every object refuses unknown keys", () => {
  const visit = (rule: unknown, place: string): void => {
    assert.ok(isRecord(rule));
    if (rule.items)
      visit({ description: "an item", ...(isRecord(rule.items) ? rule.items : {}) }, `${place}[]`);
    assert.ok(
      (typeof rule.description === "string" && rule.description.length > 10) || place.endsWith("[]"),
      place,
    );
    if (!isRecord(rule.properties)) return;
    assert.equal(rule.additionalProperties, false, place);
    if (isKubernetesOwn(rule)) return;
    for (const [key, below] of Object.entries(rule.properties)) visit(below, `${place}.${key}`);
  };
  visit(schema, "$");
});

test("the reference page names every key", () => {
  const page = readFileSync(join(root, "docs/lab-file.md"), "utf8");
  const visit = (rule: unknown, place: string): void => {
    assert.ok(isRecord(rule));
    if (isRecord(rule.items) && isRecord(rule.items.properties)) visit(rule.items, "");
    if (!isRecord(rule.properties) || isKubernetesOwn(rule)) {
      assert.ok(page.includes(`| \`${place}\` |`), place);
      return;
    }
    for (const [key, below] of Object.entries(rule.properties))
      visit(below, place === "" ? key : `${place}.${key}`);
  };
  const { properties } = schema;
  assert.ok(isRecord(properties));
  for (const [key, rule] of Object.entries(properties)) {
    if (key === "machines") assert.ok(page.includes("| `machines` |"));
    visit(rule, key === "machines" ? "machines" : key);
  }
});
