import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { ask } from "../../src/kubernetes/kubectl.ts";

test("where there is no cluster yet, a question to it is answered without kubectl", async () => {
  const started = "echo started";
  const asked = ask(sh`get nodes`)
    .reveal()
    .replace("/etc/kubernetes/admin.conf", "/nonexistent/admin.conf")
    .replace("/usr/local/bin/kubectl", started);
  const { code, stdout } = await localHost().run(sh`eval ${asked}`, { accept: "any" });
  assert.deepEqual([code, stdout], [1, ""]);
});
