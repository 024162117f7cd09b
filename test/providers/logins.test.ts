import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { digestOf, giveLogins, type Logins } from "../../src/providers/machine/logins.ts";

const logins: Logins = {
  user: "tony",
  sudo: "password",
  authorizedKey: "ssh-ed25519 AAAA lab",
  passwords: { tony: "word-one", root: "word-two" },
};

test("any other user, sudo, key or password is other logins; another order is not", () => {
  const others: Logins[] = [
    { ...logins, user: "thor" },
    { ...logins, sudo: "passwordless" },
    { ...logins, authorizedKey: "ssh-ed25519 BBBB lab" },
    { ...logins, passwords: { tony: "word-one" } },
    { ...logins, passwords: { tony: "word-one", root: "another" } },
  ];
  assert.equal(new Set([logins, ...others].map(digestOf)).size, 6);
  assert.equal(digestOf({ ...logins, passwords: { root: "word-two", tony: "word-one" } }), digestOf(logins));
  // What a cloud's tag may be: begins and ends with a letter or digit, at most 63 of them.
  assert.match(digestOf(logins), /^[0-9a-f]{32}$/);
});

test("the command is the shell's own, and shows no password", () => {
  const command = giveLogins(logins);
  execFileSync("sh", ["-n"], { input: command.reveal() });
  assert.match(command.reveal(), /printf '%s:%s\\n' tony word-one \| chpasswd/);
  assert.doesNotMatch(`${command}`, /word-/);
  assert.match(command.reveal(), /'tony ALL=\(ALL:ALL\) ALL'/);
});
