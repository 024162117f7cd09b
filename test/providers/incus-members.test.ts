import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instance } from "../../src/providers/incus/instance.ts";
import {
  assertAnswer,
  assertCarried,
  byLoad,
  hostIn,
  type Member,
  memberFor,
} from "../../src/providers/incus/members.ts";

const member = (name: string, status = "Online"): Member => ({
  name,
  target: ["--target", name],
  address: "192.0.2.1",
  status,
});

test("machines take turns on the members that are online", () => {
  const members = [member("a"), member("b", "Evacuated"), member("c"), member("d", "Offline")];
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => memberFor(members, index).name),
    ["a", "c", "a", "c"],
  );
});

test("a lab's first machine goes where the fewest of others are", () => {
  const members = [member("a"), member("b"), member("c", "Offline")];
  const names = (...others: string[]) =>
    byLoad(
      members,
      others.map((location) => ({ location })),
    ).map(({ name }) => name);
  assert.deepEqual(names(), ["a", "b", "c"]);
  assert.deepEqual(names("a"), ["b", "c", "a"]);
  assert.equal(memberFor(byLoad(members, [{ location: "a" }]), 0).name, "b");
  assert.deepEqual(names("a", "b", "b", "c", "c", "c"), ["a", "b", "c"]);
});

test("no member that is online is an error that says what each of them is", () => {
  const members = [member("b", "Evacuated"), member("d", "Offline")];
  assert.throws(() => memberFor(members, 1), {
    code: "member-offline",
    message:
      "cannot create a machine while members of the Incus cluster are down: b is evacuated, d is offline",
  });
});

test("a member that does not answer hinders only what needs it", () => {
  const [a, b, d] = [member("a"), member("b", "Evacuated"), member("d", "Offline")];
  assertAnswer([a, b], "cannot start w1");
  assertAnswer([a, b], "cannot create a network");
  for (const members of [
    [a, b, d],
    [a, d],
  ])
    assert.throws(() => assertAnswer(members, "cannot start w1"), {
      code: "member-offline",
      message: "cannot start w1 while members of the Incus cluster are down: d is offline",
    });
});

test("an instance whose member does not answer, or cannot start it now, is not created elsewhere", () => {
  const members = [member("a"), member("b", "Evacuated"), member("d", "Offline")];
  assertCarried(members, { location: "a" }, "cannot start w1");
  const cases: [Pick<Instance, "location" | "silent">, string][] = [
    [{ location: "a", silent: true }, "a is silent"],
    [{ location: "b" }, "b is evacuated"],
    [{ location: "d", silent: true }, "d is offline"],
    [{ location: "gone" }, "gone is unknown"],
  ];
  for (const [instance, words] of cases)
    assert.throws(() => assertCarried(members, instance, "cannot start w1"), {
      code: "member-offline",
      message: `cannot start w1 while members of the Incus cluster are down: ${words}`,
    });
});

test("an address at which no ports can be opened is told at once", () => {
  assert.equal(hostIn("https://192.0.2.1:8443"), "192.0.2.1");
  assert.throws(() => hostIn("https://[fd00::1]:8443"), { code: "server-address" });
});
