import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudDefaults, clouds } from "../../src/lab/available.ts";
import { parseLab } from "../../src/lab/load.ts";
import { labSchemaJson } from "../../src/lab/schema.ts";

function cloudOf(cloud: string) {
  const parsed = parseLab(`provider: pulumi\n${cloud}`, "lab.yaml", {
    knownPlaybooks: ["cluster", "nginx-nodeport"],
  });
  assert.ok("lab" in parsed, JSON.stringify(parsed));
  return parsed.lab.cloud;
}

test("what the lab file does not say of the machines is the cloud's own usual", () => {
  assert.partialDeepStrictEqual(cloudOf(""), { name: "hetzner", ...cloudDefaults.hetzner, expiry: "8h" });
  for (const name of clouds.supported)
    assert.partialDeepStrictEqual(cloudOf(`cloud: { name: ${name} }`), { name, ...cloudDefaults[name] });
  assert.partialDeepStrictEqual(cloudOf("cloud: { name: aws, size: t4g.medium, image: ami-0123 }"), {
    region: "eu-central-1",
    size: "t4g.medium",
    image: "ami-0123",
  });
});

test("the controller's playbook follows the cluster's, where machines are in its cloud and there is a cluster", () => {
  const playbooksOf = (text: string) => {
    const parsed = parseLab(text, "lab.yaml", { knownPlaybooks: ["cluster", "nginx-nodeport"] });
    assert.ok("lab" in parsed, JSON.stringify(parsed));
    return parsed.lab.playbooks;
  };
  const controller = "cloud: { controller: true }\n";
  const expected = ["cluster", "internal/cloud-controller", "nginx-nodeport"];
  assert.deepEqual(playbooksOf(`provider: pulumi\n${controller}`), expected);
  assert.deepEqual(playbooksOf("provider: pulumi\n"), ["cluster", "nginx-nodeport"]);
  assert.deepEqual(playbooksOf(`provider: docker\n${controller}`), ["cluster", "nginx-nodeport"]);
  assert.deepEqual(playbooksOf(`provider: pulumi\nplaybooks: []\n${controller}`), []);
});

test("editors are offered every cloud, and told each one's usual region, size and image", () => {
  const schema = JSON.stringify(labSchemaJson());
  assert.match(schema, /"enum":\["hetzner","aws"\]/);
  for (const { region, size, image } of Object.values(cloudDefaults))
    for (const word of [region, size, image]) assert.ok(schema.includes(word), word);
});
