import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addressAt,
  cidrProblem,
  freeNetwork,
  isPrivate,
  networksOutside,
  overlaps,
  prefixOf,
  sizeOf,
  wholeNetwork,
} from "../../src/lab/cidr.ts";

/** The same sequence in every run, so that a failure can be seen again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const random = randomNumbers(7);
const randomNetwork = (): string =>
  wholeNetwork(`10.${random(4)}.${random(256)}.${random(256)}/${10 + random(23)}`);

/** Overlap told the slow way: by comparing the bits of the shorter prefix as text. */
function overlapsByBits(one: string, other: string): boolean {
  const bits = (cidr: string): string =>
    (cidr.split("/")[0] ?? "")
      .split(".")
      .map((octet) => Number(octet).toString(2).padStart(8, "0"))
      .join("");
  const common = Math.min(prefixOf(one), prefixOf(other));
  return bits(one).slice(0, common) === bits(other).slice(0, common);
}

test("overlap is symmetric, and what the bits say", () => {
  let seen = 0;
  for (let i = 0; i < 3000; i++) {
    const [one, other] = [randomNetwork(), randomNetwork()];
    assert.equal(overlaps(one, other), overlapsByBits(one, other), `${one} ${other}`);
    assert.equal(overlaps(one, other), overlaps(other, one));
    assert.ok(overlaps(one, one));
    if (overlaps(one, other)) seen += 1;
  }
  assert.ok(seen > 100 && seen < 2900, `${seen}`);
});

test("neighbours do not overlap, and host bits do not count", () => {
  assert.equal(overlaps("10.0.0.0/24", "10.0.1.0/24"), false);
  assert.equal(overlaps("255.255.255.0/24", "255.255.254.0/24"), false);
  assert.equal(overlaps("172.17.0.1/16", "172.17.3.0/24"), true);
  assert.equal(overlaps("0.0.0.0/0", "192.168.1.0/24"), true);
  assert.throws(() => overlaps("10.0.0.0", "10.0.0.0/8"), RangeError);
});

test("a free network is private, whole, and overlaps nothing that is taken", () => {
  for (let i = 0; i < 500; i++) {
    const taken = Array.from({ length: random(20) }, () =>
      wholeNetwork(`10.${128 + random(20)}.${random(256)}.0/${9 + random(16)}`),
    );
    const prefix = 9 + random(16);
    const free = freeNetwork(prefix, taken);
    assert.ok(free !== undefined, `${prefix} ${taken}`);
    assert.equal(prefixOf(free), prefix);
    assert.equal(wholeNetwork(free), free);
    assert.ok(isPrivate(free));
    assert.ok(!taken.some((other) => overlaps(free, other)), `${free} among ${taken}`);
  }
});

test("where every private network is taken, none is free", () => {
  assert.equal(freeNetwork(16, ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]), undefined);
  assert.equal(freeNetwork(16, ["10.0.0.0/8", "172.16.0.0/12"]), "192.168.0.0/16");
  assert.equal(freeNetwork(8, []), undefined);
});

test("the whole network, its size and its prefix", () => {
  assert.equal(wholeNetwork("10.1.2.3/16"), "10.1.0.0/16");
  assert.equal(wholeNetwork("192.168.7.255/25"), "192.168.7.128/25");
  assert.equal(sizeOf("10.244.0.0/16"), 65_536);
  assert.equal(sizeOf("10.0.0.1/32"), 1);
  assert.equal(prefixOf("10.0.0.0/8"), 8);
});

test("an address is counted from its network's own", () => {
  assert.equal(addressAt("10.89.7.0/24", 1), "10.89.7.1");
  assert.equal(addressAt("10.89.240.0/20", 256), "10.89.241.0");
});

test("private networks are those of RFC 1918, wholly", () => {
  for (const cidr of ["10.0.0.0/8", "10.200.0.0/16", "172.31.0.0/16", "192.168.255.0/24"])
    assert.ok(isPrivate(cidr), cidr);
  for (const cidr of ["172.32.0.0/16", "172.0.0.0/8", "192.0.0.0/8", "8.8.8.0/24"])
    assert.ok(!isPrivate(cidr), cidr);
});

const problems: [string, RegExp, string?][] = [
  ["10.244.3.0/16", /bits set beyond/, "write 10.244.0.0/16"],
  ["10.0.0.0/08", /bits set beyond/, "write 10.0.0.0/8"],
  ["10.1.2.3", /without a prefix length/, "add one, such as 10.1.2.3/24"],
  ["10.0.0.0/33", /not a network/],
  ["10.0/16", /not a network/],
  ["010.0.0.0/8", /not a network/],
  ["10.0.0.0/8 ", /not a network/],
  ["10.0.0.0/8\n", /not a network/],
  ["", /not a network/],
  ["fd00::/64", /IPv6/],
  ["0.0.0.0/0", /0\.0\.0\.0\/8/],
  ["127.0.0.1/8", /loopback/],
  ["255.255.255.255/32", /reserved/],
];

for (const [text, message, remedy] of problems) {
  test(`${JSON.stringify(text)} is refused`, () => {
    const found = cidrProblem(text);
    assert.match(found?.message ?? "none", message);
    if (remedy !== undefined) assert.equal(found?.remedy, remedy);
  });
}

test("every random whole network is taken", () => {
  for (let i = 0; i < 500; i++) assert.equal(cidrProblem(randomNetwork()), undefined);
});

test("a network without another one has every address but its", () => {
  assert.deepEqual(networksOutside("10.0.0.0/8", "10.64.0.0/10"), ["10.0.0.0/10", "10.128.0.0/9"]);
  assert.deepEqual(networksOutside("10.0.0.0/8", "192.168.0.0/16"), ["10.0.0.0/8"]);
  assert.deepEqual(networksOutside("10.1.0.0/16", "10.0.0.0/8"), []);
  assert.deepEqual(networksOutside("10.1.0.0/16", "10.1.0.0/16"), []);
  for (let round = 0; round < 200; round++) {
    const [whole, part] = [randomNetwork(), randomNetwork()];
    const rest = networksOutside(whole, part);
    assert.ok(!rest.some((one) => overlaps(one, part) || !overlaps(one, whole)), `${whole} ${part}`);
    const lost = overlaps(whole, part) ? Math.min(sizeOf(whole), sizeOf(part)) : 0;
    assert.equal(
      rest.reduce((sum, one) => sum + sizeOf(one), 0),
      sizeOf(whole) - lost,
    );
  }
});
