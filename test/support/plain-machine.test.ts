import assert from "node:assert/strict";
import { after, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import { plainSite } from "./plain-machine.ts";

const site = await plainSite({ word: "plain" });
after(() => site?.close());
const skip = site === undefined && "no Docker engine whose containers can be reached from here";

test("a plain machine boots, lets its user in, asks for the sudo password, and has nothing of ours", {
  skip,
}, async () => {
  const machine = await site?.start({ name: "plain", user: "tony", password: "a secret 'word'" });
  const host = await machine?.connect();
  try {
    const seen = await host?.run(
      sh`id -un; systemctl is-system-running --wait
      for name in iptables conntrack socat runc containerd kubelet curl modprobe; do command -v $name; done
      ls -d /etc/labwright /etc/kubernetes /opt/labwright 2>/dev/null; true`,
      { accept: "any" },
    );
    assert.deepEqual(seen?.stdout.trim().split("\n"), ["root", "running"]);
  } finally {
    await host?.close();
  }
  const access = machine?.access;
  assert.equal(access?.sudo.kind, "password");
  await machine?.remove();
  const left = await site?.engine.docker.list(sh`ps --all --quiet --filter ${`name=${machine?.container}`}`);
  assert.deepEqual(left, []);
});
