import assert from "node:assert/strict";
import { test } from "node:test";
import { isOfLogins, withLogins } from "../../src/baseline/logins.ts";
import type { Machine } from "../../src/lab/types.ts";
import { keyOf } from "../../src/recording/types.ts";

const cp: Machine = {
  ...{ name: "cp", role: "control-plane", user: "thor", sudo: "passwordless" },
  users: [{ name: "anna", sudo: "none" }],
};
const machines = [cp, { ...cp, name: "w1" }];
const key = (kind: string, name: string, machine = "cp"): string => keyOf({ machine, kind, name });

test("what depends on a lab's keys and passwords is known by its name", () => {
  const ofLogins = (kind: string, name: string) => isOfLogins({ machines }, { machine: "cp", kind, name });
  for (const name of [
    ...["/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_ed25519_key.pub", "/etc/labwright/accounts/anna"],
    ...["/root/.ssh", "/root/.ssh/authorized_keys", "/home/thor/.ssh/authorized_keys", "/home/anna/.ssh"],
  ])
    assert.ok(ofLogins("file", name), name);
  for (const name of [
    ...["/etc/ssh/sshd_config", "/home/mallory/.ssh/authorized_keys", "/etc/labwright/images/kubernetes"],
    ...["/home/thor/.ssh/id_rsa", "/etc/kubernetes/admin.conf"],
  ])
    assert.ok(!ofLogins("file", name), name);
  assert.ok(["root", "thor", "anna"].every((name) => ofLogins("account", name)));
  assert.ok(!ofLogins("account", "mallory") && !ofLogins("group", "thor"));
});

test("a recording gets the logins of now and keeps everything else, also of machines that have none now", () => {
  const keys = "/root/.ssh/authorized_keys";
  const former = {
    ...{ [key("account", "thor")]: "old", [key("file", "/opt/note")]: "then" },
    ...{ [key("file", keys)]: "old", [key("file", keys, "w1")]: "old" },
    [key("file", "/etc/labwright/passwords")]: "gone meanwhile",
  };
  const recording = {
    ...{ [key("account", "thor")]: "new", [key("file", "/opt/note")]: "changed" },
    ...{ [key("file", keys)]: "new", [key("file", "/etc/labwright/resolv.conf")]: "more" },
  };
  assert.deepEqual(withLogins({ machines }, former, recording), {
    ...{ [key("account", "thor")]: "new", [key("file", "/opt/note")]: "then" },
    [key("file", keys)]: "new",
    [key("file", "/etc/labwright/resolv.conf")]: "more",
  });
});
