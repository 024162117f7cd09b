import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lab, Machine } from "../../src/lab/types.ts";
import { accessOf, type Place } from "../../src/providers/access.ts";

const machine = (name: string, more: Partial<Machine> = {}): Machine => ({
  name,
  role: "app-server",
  user: "root",
  sudo: "none",
  ...more,
});

const lab = {
  name: "nautilus",
  machines: [
    machine("jump_host", { user: "thor", sudo: "passwordless" }),
    machine("stapp01", { user: "tony", sudo: "password", via: "jump_host" }),
    machine("db", { via: "stapp01" }),
  ],
} as unknown as Lab;

const place = (last: number, port = 2200 + last): Place => ({
  host: "127.0.0.1",
  port,
  address: `10.89.0.${last}`,
  hostKeys: [`ssh-ed25519 K${last}`],
});

const places = new Map([
  ["jump_host", place(10)],
  ["stapp01", place(11)],
  ["db", place(12)],
]);
const keeping = { lab, places, privateKey: "KEY", credentials: { stapp01: { tony: "word" } } };

test("only the first machine of a chain is reached our own way, the others at their addresses", () => {
  const access = accessOf("db", keeping);
  assert.deepEqual([access.host, access.port, access.user], ["10.89.0.12", 22, "root"]);
  assert.deepEqual([access.via?.host, access.via?.port, access.via?.user], ["10.89.0.11", 22, "tony"]);
  assert.deepEqual([access.via?.via?.host, access.via?.via?.port], ["127.0.0.1", 2210]);
  assert.equal(access.via?.via?.via, undefined);
  assert.deepEqual([access.hostKeys, access.via?.hostKeys], [["ssh-ed25519 K12"], ["ssh-ed25519 K11"]]);
});

test("sudo takes the password that was made, and none where none was", () => {
  assert.deepEqual(accessOf("stapp01", keeping).sudo, { kind: "password", password: "word" });
  assert.deepEqual(accessOf("jump_host", keeping).sudo, { kind: "passwordless" });
  assert.deepEqual(accessOf("db", keeping).sudo, { kind: "none" });
});

test("a jump host that is not there is no reason to go directly", () => {
  const access = accessOf("stapp01", { ...keeping, places: new Map([["stapp01", place(11)]]) });
  assert.equal(access.host, "10.89.0.11");
  assert.equal(access.via?.host, "jump_host");
});
