import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { LabPlan } from "../../src/providers/pulumi/program.ts";

export interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  /** What is taken in from the cloud; undefined: it is made. */
  adopted: string | undefined;
  /** Inputs that are left as the cloud has them. */
  ignored: readonly string[];
  /** Inputs that the state keeps as secrets. */
  secret: readonly string[];
}

/** How Pulumi writes a secret: a mark, and the value. */
const isSecret = (value: unknown): value is { value: unknown } =>
  typeof value === "object" && value !== null && Object.values(value).includes(secretMark);

/** Pulumi's sdk/go/common/resource/sig/sig.go. */
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

export const tags = {
  "labwright-lab": "ci",
  "labwright-owner": "me",
  "labwright-expiry": "20261121T091500Z",
};

/** A lab of two machines; the names do not name a cloud. */
export const plan: LabPlan = {
  lab: "ci",
  name: "labwright-ci",
  region: "somewhere",
  zone: "somewhere-b",
  size: "small",
  image: "image-1",
  tags,
  network: "10.88.0.0/24",
  publicKey: "ssh-ed25519 AAAA lab",
  openings: [
    { what: "SSH", port: "22", from: ["203.0.113.7/32"] },
    { what: "NodePorts", port: "30000-32767", from: ["0.0.0.0/0"] },
  ],
  servers: ["cp", "w"].map((machine, index) => ({
    machine,
    name: `labwright-ci-${machine}`,
    privateAddress: `10.88.0.${10 + index}`,
    userData: "#cloud-config\n{}",
    tags: { "labwright-machine": machine },
  })),
  adopt: {},
};

/** What a program declares, seen by Pulumi's own mocks: an engine that takes everything, and gives it an id. */
export async function declaredBy(
  declare: (options: pulumi.ComponentResourceOptions) => void,
  names: readonly string[],
): Promise<Declared[]> {
  const declared: Declared[] = [];
  const ignored = new Map<string, string[]>();
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs, id }) => {
      const secret = Object.keys(inputs).filter((key) => isSecret(inputs[key]));
      const plain = Object.entries(inputs).map(([key, value]) => [
        key,
        isSecret(value) ? value.value : value,
      ]);
      declared.push({
        type,
        name,
        inputs: Object.fromEntries(plain),
        adopted: id || undefined,
        ignored: ignored.get(name) ?? [],
        secret,
      });
      return { id: id || String(declared.length), state: { ...inputs, defaultRouteTableId: "rtb-main" } };
    },
    call: () => ({}),
  });
  const look: pulumi.ResourceTransformation = ({ name, opts }) => {
    ignored.set(name, (opts as pulumi.CustomResourceOptions).ignoreChanges ?? []);
    return undefined;
  };
  declare({ transformations: [look] });
  // The mocks' engine takes resources in one after the other, as their inputs are known.
  for (let round = 0; round < 300 && declared.length < names.length; round++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(declared.map(({ name }) => name).sort(), [...names].sort());
  return declared;
}

/** The one thing of that name. */
export function named(declared: readonly Declared[], name: string): Declared {
  const found = declared.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}
