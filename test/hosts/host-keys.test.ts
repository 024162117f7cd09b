import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  fingerprint,
  hostKeyPolicy,
  knownHostsName,
  parseKnownHosts,
  pinnedKeys,
  preferred,
  writePins,
} from "../../src/hosts/host-keys.ts";
import { generateKeyPair } from "../../src/hosts/keys.ts";
import type { Access } from "../../src/hosts/types.ts";

const wire = (publicKey: string): Buffer => Buffer.from(publicKey.split(" ")[1] ?? "", "base64");

const text = `
# a comment
cp ssh-ed25519 AAAA1
[cp]:2222,10.0.0.1 ssh-ed25519 AAAA2 comment
@revoked cp ssh-ed25519 AAAA3
cp
[cp]:2222 ssh-rsa AAAA4`;

test("keys are found by name and port", () => {
  assert.deepEqual(parseKnownHosts(text, "cp", 22), [{ type: "ssh-ed25519", base64: "AAAA1" }]);
  assert.deepEqual(
    parseKnownHosts(text, "cp", 2222).map(({ base64 }) => base64),
    ["AAAA2", "AAAA4"],
  );
  assert.deepEqual(
    parseKnownHosts(text, "10.0.0.1", 22).map(({ base64 }) => base64),
    ["AAAA2"],
  );
  assert.deepEqual(parseKnownHosts(text, "c", 22), []);
  assert.equal(knownHostsName("::1", 2022), "[::1]:2022");
});

test("the types of known keys are asked for first", () => {
  assert.deepEqual(preferred([{ type: "ssh-rsa", base64: "" }]).slice(0, 3), [
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-ed25519",
  ]);
  assert.equal(preferred([{ type: "ecdsa-sha2-nistp384", base64: "" }])[0], "ecdsa-sha2-nistp384");
  assert.equal(preferred([])[0], "ssh-ed25519");
});

const keygen = existsSync("/usr/bin/ssh-keygen") ? false : "ssh-keygen is not installed";

test("OpenSSH shows the same fingerprint and reads the same names, hashed ones too", { skip: keygen }, () => {
  const folder = mkdtempSync(join(tmpdir(), "lwtest-keys-"));
  try {
    const { publicKey } = generateKeyPair("x");
    writeFileSync(join(folder, "key.pub"), publicKey);
    const shown = execFileSync("ssh-keygen", ["-lf", join(folder, "key.pub")], { encoding: "utf8" });
    assert.equal(shown.split(" ")[1], fingerprint(wire(publicKey)));
    const file = join(folder, "known_hosts");
    writeFileSync(file, `[cp]:2222 ${publicKey}\nw ${publicKey}\n`);
    execFileSync("ssh-keygen", ["-H", "-f", file], { stdio: "ignore" });
    // Keys and hashes may have any two letters in them.
    assert.doesNotMatch(readFileSync(file, "utf8"), /^\W*cp\b/m);
    assert.equal(parseKnownHosts(readFileSync(file, "utf8"), "cp", 2222).length, 1);
    assert.equal(parseKnownHosts(readFileSync(file, "utf8"), "cp", 22).length, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a key that is pinned later is the only one at once, and in the file when it is written", () => {
  const folder = mkdtempSync(join(tmpdir(), "lwtest-keys-"));
  try {
    const knownHosts = join(folder, "lab", "known_hosts");
    const [one, two] = [generateKeyPair("one").publicKey, generateKeyPair("two").publicKey];
    const sudo = { kind: "none" } as const;
    const access: Access = { host: "h", port: 22, user: "u", knownHosts, pinLater: true, sudo };
    assert.equal(hostKeyPolicy("h", access).refusal(wire(one)), undefined);
    assert.equal(hostKeyPolicy("h", access).refusal(wire(two))?.code, "host-key-changed");
    assert.equal(pinnedKeys(knownHosts, "h", 22).length, 1);
    assert.deepEqual(readdirSync(folder), [], "nothing is written yet");
    writePins(knownHosts);
    assert.match(readFileSync(knownHosts, "utf8"), /^h ssh-ed25519 \S+\n$/);
    writePins(knownHosts);
    assert.equal(readFileSync(knownHosts, "utf8").split("\n").length, 2, "each line once");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a key is pinned at first sight, below what the file has; then it is the only one", () => {
  const folder = mkdtempSync(join(tmpdir(), "lwtest-keys-"));
  try {
    const knownHosts = join(folder, "known_hosts");
    writeFileSync(knownHosts, "other ssh-ed25519 AAAA");
    const [one, two] = [generateKeyPair("one").publicKey, generateKeyPair("two").publicKey];
    const access: Access = { host: "h", port: 22, user: "u", knownHosts, sudo: { kind: "none" } };
    const policies = [hostKeyPolicy("h", access), hostKeyPolicy("h", access)];
    assert.equal(policies[0]?.refusal(wire(one)), undefined);
    assert.equal(
      policies[1]?.refusal(wire(two))?.code,
      "host-key-changed",
      "two connections at once pin one key",
    );
    assert.equal(policies[1]?.refusal(wire(one)), undefined);
    assert.equal(
      readFileSync(knownHosts, "utf8"),
      `other ssh-ed25519 AAAA\nh ${one.split(" ").slice(0, 2).join(" ")}\n`,
    );
    const given = hostKeyPolicy("h", { ...access, hostKeys: [two] });
    assert.equal(given.refusal(wire(two)), undefined, "keys known beforehand count, not the file");
    const refusal = given.refusal(wire(one));
    assert.ok(
      refusal?.message.includes(fingerprint(wire(one))) && refusal.message.includes(fingerprint(wire(two))),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
