import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { ask } from "../../src/steps/shared/kubectl.ts";

test("where there is no cluster yet, a question to it is answered without kubectl", async () => {
  const asked = ask(sh`get nodes`).reveal().replace("/etc/kubernetes/admin.conf", "/nonexistent/admin.conf");
  const started = sh`kubectl() { echo started; }`;
  const { code, stdout } = await localHost().run(sh`${started}; eval ${asked}`, { accept: "any" });
  assert.deepEqual([code, stdout], [1, ""]);
});
