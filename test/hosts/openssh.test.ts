import assert from "node:assert/strict";
import { test } from "node:test";
import { sshConfigText } from "../../src/hosts/openssh.ts";
import type { Access } from "../../src/hosts/types.ts";

const base: Access = { host: "192.0.2.10", port: 22, user: "tony", sudo: { kind: "none" } };
const text = (access: Access, via?: string, named?: string): string =>
  sshConfigText({
    lab: "rack",
    machines: [{ name: "cp", address: "10.0.0.10", access, via, named }],
    identityFile: "/lab/id_ed25519",
    knownHostsFile: "/lab/known_hosts",
  });

test("a machine of the lab's own key, behind another machine", () => {
  const config = text({ ...base, privateKey: "secret", via: base }, "jump");
  assert.match(config, /^Host rack\.cp cp\n {2}HostName 192\.0\.2\.10\n {2}Port 22\n {2}User tony$/m);
  assert.match(config, /^ {2}IdentityFile "\/lab\/id_ed25519"\n {2}IdentitiesOnly yes$/m);
  assert.match(config, /^ {2}ProxyJump rack\.jump$/m);
  assert.ok(!config.includes("secret"));
});

test("a machine that the person's own keys open, behind hosts that are not machines", () => {
  const files = [
    { path: "/home/me/100%", publicKey: "ssh-ed25519 AAAA" },
    { path: "/home/me/none", flaw: "does not exist" },
  ];
  const first: Access = { ...base, host: "2001:db8::1", user: "thor", port: 2222 };
  const identities = { only: false, files };
  const config = text({ ...base, identities, via: { ...base, host: "two", via: first } });
  assert.match(config, /^ {2}IdentityFile "\/home\/me\/100%%"$/m);
  assert.ok(!/IdentitiesOnly|none/.test(config), config);
  assert.match(config, /^ {2}ProxyJump thor@\[2001:db8::1\]:2222,tony@two:22$/m);
});

test("a name that the person's own configuration may have is left to it", () => {
  assert.match(text(base, undefined, "cp"), /^Host rack\.cp$/m);
  assert.match(text(base, undefined, "192.0.2.10"), /^Host rack\.cp cp$/m);
});
