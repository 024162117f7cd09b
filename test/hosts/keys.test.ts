import assert from "node:assert/strict";
import { test } from "node:test";
import ssh2 from "ssh2";
import { generateKeyPair } from "../../src/hosts/keys.ts";

test("every key pair is whole, also those that begin with a zero byte", () => {
  for (let i = 0; i < 2000; i++) {
    const { privateKey, publicKey } = generateKeyPair("a comment");
    assert.match(publicKey, /^ssh-ed25519 \S+ a comment$/);
    const [secret, open] = [ssh2.utils.parseKey(privateKey), ssh2.utils.parseKey(publicKey)];
    assert.ok(!(secret instanceof Error) && !(open instanceof Error));
    assert.equal(secret.getPublicSSH().length, 51);
    assert.ok(secret.getPublicSSH().equals(open.getPublicSSH()));
  }
});
