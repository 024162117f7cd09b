import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLab } from "../../src/lab/load.ts";
import { labSchemaJson } from "../../src/lab/schema.ts";
import { hostileNames } from "./hostile-names.ts";

type Schema = {
  type?: unknown;
  enum?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
};
type Path = (string | number)[];

/** Every place of a lab file that takes text, out of the schema: a key that comes later is tested without a word. */
function textPlaces(schema: Schema, at: Path = []): Path[] {
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([key, one]) => textPlaces(one, [...at, key]));
  if (schema.items) return textPlaces(schema.items, [...at, 0]);
  return [schema.type].flat().includes("string") || schema.enum ? [at] : [];
}

/** A lab file in which nothing else is wrong. JSON is YAML. */
function labWith(path: Path, value: string): string {
  const provider = path[0] === "cloud" ? "pulumi" : path[0] === "incus" ? "incus" : "docker";
  const existing = path[0] === "machines" && ["host", "address"].includes(String(path[2]));
  const machine = {
    name: "cp",
    role: "control-plane",
    ...(existing && { host: "cp.example" }),
    ...(path[2] === "users" && { users: [{ name: "tony" }] }),
  };
  const lab = {
    provider: existing ? "ssh" : provider,
    machines: [machine],
    playbooks: [],
    ...(provider === "incus" && { incus: {} }),
  };
  let parent: Record<string | number, unknown> = lab;
  for (const [index, key] of path.slice(0, -1).entries()) {
    parent[key] ??= typeof path[index + 1] === "number" ? [] : {};
    parent = parent[key] as Record<string | number, unknown>;
  }
  const last = path.at(-1) ?? "";
  parent[last] = value;
  return JSON.stringify(lab);
}

const parse = (text: string) => parseLab(text, "lab.yaml", { knownPlaybooks: [] });
const places = textPlaces(labSchemaJson() as Schema);

test("the places are found, and the lab around them is right", () => {
  const names = places.map((path) => path.join("."));
  for (const one of ["name", "machines.0.users.0.name", "machines.0.host", "cluster.version", "playbooks.0"])
    assert.ok(names.includes(one), one);
  for (const [path, value] of [
    [["name"], "mine"],
    [["machines", 0, "host"], "a.example"],
    [["machines", 0, "users", 0, "shell"], "/bin/sh"],
    [["incus", "remote"], "there"],
    [["cloud", "region"], "fsn1"],
  ] as [Path, string][])
    assert.ok("lab" in parse(labWith(path, value)), path.join("."));
});

/** Goes to Pulumi as a URL, in an argument of a function, and nowhere else. */
const freeText = ["cloud.backend"];

for (const path of places) {
  const name = path.join(".");
  test(`${name}: what a shell, a path or a line would read as something else is refused`, {
    skip: freeText.includes(name) ? "free text" : false,
  }, () => {
    for (const value of hostileNames("/tmp/mark")) {
      const result = parse(labWith(path, value));
      assert.ok("problems" in result, `${name}: ${JSON.stringify(value)} was taken`);
      for (const { message, remedy } of result.problems)
        assert.ok(!/[\n\0]/.test(message + remedy), `${name}: ${JSON.stringify(message)} breaks a line`);
    }
  });
}
