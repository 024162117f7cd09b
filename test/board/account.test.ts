import assert from "node:assert/strict";
import { test } from "node:test";
import { studentAccess } from "../../src/commands/board/account.ts";
import type { Access } from "../../src/hosts/types.ts";
import type { Machine } from "../../src/lab/types.ts";

const access: Access = {
  host: "10.0.0.2",
  port: 22,
  user: "admin",
  privateKey: "key",
  sudo: { kind: "none" },
};
const machine: Machine = { name: "cp", role: "control-plane", user: "admin", sudo: "none" };
const users = [
  { name: "helper", sudo: "none" },
  { name: "student", sudo: "none" },
] as const;

test("a student logs in as the first account with a password", () => {
  const found = studentAccess({ ...machine, users: [...users] }, access, { student: "s", admin: "a" });
  assert.deepEqual(found, { ...access, user: "student", password: "s" });
});

test("without one, as the login user with the password", () => {
  const found = studentAccess({ ...machine, users: [...users] }, access, { admin: "a", root: "r" });
  assert.deepEqual(found, { ...access, password: "a" });
});

test("without any password, as the login user with the lab's key", () => {
  assert.equal(studentAccess({ ...machine, users: [...users] }, access), access);
  assert.equal(studentAccess(machine, access, { root: "r" }), access);
});
