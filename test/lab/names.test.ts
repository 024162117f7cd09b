import assert from "node:assert/strict";
import { test } from "node:test";
import {
  labNameFlaw,
  machineNameFlaw,
  nodeNameFlaw,
  referenceFlaw,
  roleFlaw,
  userFlaw,
} from "../../src/lab/names.ts";
import { choose, nearest } from "../../src/lab/nearest.ts";

const characters = Array.from({ length: 0x250 }, (_, code) => String.fromCharCode(code));

/** The characters that a rule takes at a place of a name that is otherwise right. */
const taken = (flawOf: (value: string) => unknown, place: (character: string) => string): string =>
  characters.filter((character) => flawOf(place(character)) === undefined).join("");

const digits = "0123456789";
const letters = "abcdefghijklmnopqrstuvwxyz";

const rules: [string, (value: string) => unknown, string, string, string][] = [
  ["a lab's name", labNameFlaw, digits + letters, `-${digits}${letters}`, digits + letters],
  ["a node's name", nodeNameFlaw, digits + letters, `-${digits}${letters}`, digits + letters],
  ["a machine's name", machineNameFlaw, digits + letters, `-${digits}_${letters}`, digits + letters],
  ["a machine named by another", referenceFlaw, digits + letters, `-${digits}_${letters}`, digits + letters],
  ["a role", roleFlaw, digits + letters, `-${digits}${letters}`, digits + letters],
  ["a user's name", userFlaw, `_${letters}`, `-${digits}_${letters}`, `-${digits}_${letters}`],
];

for (const [what, flawOf, first, inside, last] of rules) {
  test(`${what} takes exactly the characters that it may have`, () => {
    assert.equal(
      taken(flawOf, (character) => `${character}qz`),
      first,
    );
    assert.equal(
      taken(flawOf, (character) => `q${character}z`),
      inside,
    );
    assert.equal(
      taken(flawOf, (character) => `qz${character}`),
      last,
    );
    assert.notEqual(flawOf("q".repeat(64)), undefined);
    assert.notEqual(flawOf(""), undefined);
  });
}

test("the remedy of a name that is nearly right is a right one", () => {
  assert.match(labNameFlaw("My_Lab 2")?.remedy ?? "", /^write my-lab-2:/);
  assert.match(machineNameFlaw("Jump_Host")?.remedy ?? "", /^write jump_host:/);
});

test("the nearest word does not mind case, hyphens and underscores, and is none where all are far", () => {
  const known = ["podSubnet", "serviceSubnet", "plugin", "typha"];
  assert.equal(nearest("pod_subnet", known), "podSubnet");
  assert.equal(nearest("PLUGINS", known), "plugin");
  assert.equal(nearest("tyhpa", known), "typha");
  assert.equal(nearest("gateway", known), undefined);
  assert.equal(nearest("x", []), undefined);
});

test("a remedy names the nearest word, else all", () => {
  assert.match(choose("clutser", ["cluster", "nginx-nodeport"]), /^did you mean cluster\?/);
  assert.match(choose("nginx", ["cluster", "nginx-nodeport"]), /^did you mean nginx-nodeport\?/);
  assert.equal(choose("other", ["cluster", "nginx-nodeport"]), "use one of: cluster, nginx-nodeport");
  assert.equal(choose("dokcer", ["docker"]), "write docker");
});
