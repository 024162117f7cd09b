import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { proxyPort } from "../../src/kubernetes/api-place.ts";
import { until } from "../contract/providers-look.ts";
import { hostState, stateChanges } from "../support/host-state.ts";
import type { PlainMachine, PlainSite } from "../support/plain-machine.ts";
import { sshSite } from "./ssh-site.ts";
import { hostsLab, type TestLab } from "./support.ts";

/** A cluster behind a bastion that only forwards: this computer reaches port 22 of the bastion, and nothing else. */
let site: PlainSite;
let lab: TestLab;
let bastion: PlainMachine;
const nodes: PlainMachine[] = [];
let state: Record<string, string>;
const ran = promisify(execFile);

/** Hides a host from this computer's own programs; what the engine forwards between the hosts goes on. */
const rule = (verb: "add" | "del", { address }: PlainMachine) =>
  ran("ip", ["rule", verb, "iif", "lo", "to", address, "priority", "90", "unreachable"]);

before(async () => {
  site = await sshSite("bastion");
  bastion = await site.start({ name: "jump", user: "thor" });
  for (const name of ["cp", "w"]) nodes.push(await site.start({ name, user: "tony" }));
  await bastion.inside(`set -e
    usermod --shell /usr/sbin/nologin thor
    printf 'Match User thor\\n  ForceCommand /bin/false\\n' >/etc/ssh/sshd_config.d/50-bastion.conf
    rm -f /etc/sudoers.d/thor
    systemctl reload ssh`);
  for (const node of nodes) await rule("add", node);
  state = await hostState(site, bastion);
  const [cp, w] = nodes;
  lab = await hostsLab(
    "e2e-bastion",
    `provider: ssh
machines:
  - { name: jump, role: jump-host, user: thor, sudo: none, host: ${bastion.address} }
  - { name: cp, role: control-plane, user: tony, via: jump, host: ${cp?.address} }
  - { name: w, role: worker, user: tony, via: jump, host: ${w?.address} }
`,
  );
});

after(async () => {
  await lab?.labwright(["down"]);
  for (const node of nodes) await rule("del", node).catch(() => {});
  await site?.close();
});

const environment = () => ({ ...process.env, KUBECONFIG: lab.kubeconfig });

const ok = ({ code, output }: { code: number | null; output: string }): string => {
  assert.equal(code, 0, output);
  return output;
};

test("machines without a cluster behind it: up, plan, verify and down end 0, and no command runs on the bastion", async () => {
  const [cp] = nodes;
  const machines = await hostsLab(
    "e2e-hop",
    `provider: ssh
machines:
  - { name: jump, role: jump-host, user: thor, sudo: none, host: ${bastion.address} }
  - { name: cp, role: app-server, user: tony, via: jump, host: ${cp?.address} }
playbooks: []
`,
  );
  for (const command of ["up", "plan", "verify", "status", "down"]) ok(await machines.labwright([command]));
  assert.deepEqual(stateChanges(state, await hostState(site, bastion)), []);
});

test("without `sudo: none` in the lab file, the remedy names it", async () => {
  const [cp] = nodes;
  const machines = await hostsLab(
    "e2e-hop-root",
    `provider: ssh
machines:
  - { name: jump, role: jump-host, user: thor, host: ${bastion.address} }
  - { name: cp, role: app-server, user: tony, via: jump, host: ${cp?.address} }
playbooks: []
`,
  );
  const { code, output } = await machines.labwright(["up"]);
  assert.equal(code, 1, output);
  assert.match(output, /jump is only jumped through, write `sudo: none`/);
});

test("up, plan and verify end 0, and say what is checked from inside only", async (t) => {
  const up = await lab.labwright(["up"]);
  t.diagnostic(`up: ${up.seconds.toFixed(0)} s`);
  assert.match(ok(up), /Note: this computer reaches cp, w by SSH only/);
  ok(await lab.labwright(["plan"]));
  assert.match(ok(await lab.labwright(["verify"])), /NodePorts are asked from cp/);
});

test("kubectl asks the API server through the proxy that labwright offers", async () => {
  const kubeconfig = ok(await lab.labwright(["kubeconfig"]));
  assert.match(kubeconfig, new RegExp(`proxy-url: socks5://127.0.0.1:${proxyPort("e2e-bastion")}`));
  const main = join(import.meta.dirname, "../../src/main.ts");
  const proxy = spawn(process.execPath, [main, "kubeconfig", "--proxy", "--file", lab.file], {
    env: environment(),
  });
  let said = "";
  proxy.stderr.on("data", (data) => (said += data));
  const ended = new Promise((resolve) => proxy.once("exit", resolve));
  try {
    await until("the proxy", 30, async () => said.includes("is reached through"));
    const { stdout } = await ran("kubectl", ["--context", "e2e-bastion", "get", "nodes", "-o", "name"], {
      env: environment(),
    });
    assert.equal(stdout, "node/cp\nnode/w\n");
  } finally {
    proxy.kill("SIGINT");
    await ended;
  }
});

test("an older line of /etc/hosts is seen by verify, and up lets the lab's win without removing it", async () => {
  const [cp] = nodes;
  await cp?.inside("echo '10.99.99.99 w' >/tmp/h; cat /etc/hosts >>/tmp/h; cat /tmp/h >/etc/hosts");
  const verify = await lab.labwright(["verify"]);
  assert.equal(verify.code, 1);
  assert.match(verify.output, /w has the address 10\.99\.99\.99 on this machine, not /);
  ok(await lab.labwright(["up"]));
  ok(await lab.labwright(["verify"]));
  assert.match((await cp?.inside("cat /etc/hosts")) ?? "", /^10\.99\.99\.99 w$/m);
});

test("down gives the nodes back, and nothing has changed on the bastion", async () => {
  ok(await lab.labwright(["down"]));
  assert.deepEqual(stateChanges(state, await hostState(site, bastion)), []);
});
