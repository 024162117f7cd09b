import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type TestLab, testLab } from "./support.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
const ctrlC = "\u0003";

let lab: TestLab;
before(async () => {
  lab = await testLab("interrupted", "machines: [{ name: cp, role: control-plane }]\n");
});
after(async () => {
  await lab?.labwright(["down"]);
});

/** `up` on its own terminal, with Ctrl-C typed so many times once `shown` is on it. */
async function upOnTerminal(shown: RegExp, times: number): Promise<{ code: number | null; screen: string }> {
  const command = `stty cols 120 rows 40; exec ${process.execPath} ${main} up --file ${lab.file}`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: { ...process.env, KUBECONFIG: lab.kubeconfig, TERM: "xterm", CI: "" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  child.stdout.on("data", (data) => {
    screen += data;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for (let tries = 0; tries < 600 && !shown.test(screen); tries++) await delay(100);
  for (let time = 0; time < times; time++) {
    child.stdin.write(ctrlC);
    await delay(300);
  }
  return { code: await ended, screen };
}

test("Ctrl-C stops at a boundary with 130, a second one at once, and the next up goes on", async () => {
  const once = await upOnTerminal(/kubeadm-init/, 1);
  assert.equal(once.code, 130, once.screen);
  assert.match(once.screen, /stopping after the running tasks/);
  assert.match(once.screen, /interrupted; done: /);
  await lab.labwright(["down"]);
  const twice = await upOnTerminal(/kubeadm-init/, 2);
  assert.equal(twice.code, 130, twice.screen);
  const up = await lab.labwright(["up"]);
  assert.equal(up.code, 0, up.output);
  assert.equal((await lab.labwright(["plan"])).code, 0);
});
