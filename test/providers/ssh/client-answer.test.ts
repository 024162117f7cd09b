import assert from "node:assert/strict";
import { test } from "node:test";
import { clientConfigIn, destinationIn, noUser } from "../../../src/providers/ssh/client-answer.ts";

/** Lines as `ssh -G` of OpenSSH 9.2 writes them, without those that say nothing here. */
const without = `host cp
user ${noUser}
hostname cp
port 22
addressfamily any
identitiesonly no
stricthostkeychecking ask
verifyhostkeydns false
ciphers aes128-ctr,aes256-ctr
identityfile ~/.ssh/id_rsa
identityfile ~/.ssh/id_ed25519
globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2
userknownhostsfile /root/.ssh/known_hosts /root/.ssh/known_hosts2
`;

const changed = (...lines: string[]): string => {
  const keywords = lines.map((line) => line.split(" ")[0]);
  const rest = without.split("\n").filter((line) => !keywords.includes(line.split(" ")[0]));
  return [...lines, ...rest].join("\n");
};

test("without a configuration, OpenSSH's defaults", () => {
  assert.deepEqual(clientConfigIn(without, without), {
    hostName: "cp",
    port: 22,
    jumps: [],
    identityFiles: ["~/.ssh/id_rsa", "~/.ssh/id_ed25519"],
    byDefault: true,
    identitiesOnly: false,
    unheeded: [],
  });
});

test("each keyword that is honoured", () => {
  const answer = changed(
    "hostname 192.0.2.10",
    "user tony the tiger",
    "port 2222",
    "identityfile /home/me/a key",
    "identityfile ~/.ssh/%h",
    "identitiesonly yes",
    "identityagent /run/agent",
    "proxyjump joe@a:2222,b",
    "proxycommand nc %h %p",
  );
  assert.deepEqual(clientConfigIn(answer, without), {
    hostName: "192.0.2.10",
    port: 2222,
    user: "tony the tiger",
    jumps: ["joe@a:2222", "b"],
    identityFiles: ["/home/me/a key", "~/.ssh/%h"],
    byDefault: false,
    identitiesOnly: true,
    identityAgent: "/run/agent",
    proxyCommand: "nc %h %p",
    unheeded: [],
  });
  assert.deepEqual(clientConfigIn(changed("proxyjump none"), without).jumps, []);
});

test("what would matter and is not honoured is named; what is done anyway is not", () => {
  const unheeded = (...lines: string[]) => clientConfigIn(changed(...lines), without).unheeded;
  assert.deepEqual(
    unheeded("certificatefile ~/x-cert.pub", "hostkeyalias cp1", "addressfamily inet6", "ciphers aes128-ctr"),
    ["AddressFamily", "CertificateFile", "Ciphers", "HostKeyAlias"],
  );
  assert.deepEqual(unheeded("stricthostkeychecking true", "userknownhostsfile /known"), [
    "StrictHostKeyChecking",
    "UserKnownHostsFile",
  ]);
  assert.deepEqual(unheeded("stricthostkeychecking false", "userknownhostsfile /dev/null"), []);
});

test("a destination is read as OpenSSH reads it", () => {
  for (const [text, destination] of Object.entries({
    cp: { host: "cp" },
    "cp:2222": { host: "cp", port: 2222 },
    "thor@jump.example.com": { host: "jump.example.com", user: "thor" },
    "thor@example.com@jump:22": { host: "jump", user: "thor@example.com", port: 22 },
    "ssh://thor@jump:2222/": { host: "jump", user: "thor", port: 2222 },
    "[2001:db8::1]:2222": { host: "2001:db8::1", port: 2222 },
    "thor@2001:db8::1": { host: "2001:db8::1", user: "thor" },
  }))
    assert.deepEqual(destinationIn(text), destination, text);
});
