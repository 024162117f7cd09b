import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type Summary, upSummary } from "../../../src/commands/up/summary.ts";
import type { Lab, Machine } from "../../../src/lab/types.ts";

const before = { HOME: process.env.HOME, XDG_DATA_HOME: process.env.XDG_DATA_HOME };
beforeEach(() => {
  process.env.HOME = "/home/ada";
  delete process.env.XDG_DATA_HOME;
});
afterEach(() => {
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

const machine = (name: string, role: string): Machine => ({ name, role, user: "root", sudo: "none" });

const lab = (more: Partial<Lab> = {}): Lab => ({
  name: "basics",
  provider: "docker",
  source: "auto",
  mirrors: {},
  machines: [machine("cp", "control-plane"), machine("w1", "worker")],
  cluster: {
    version: "1.36",
    runtime: "containerd",
    network: {
      plugin: "calico",
      settings: { typha: true },
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/12",
    },
  },
  playbooks: ["cluster", "nginx-nodeport"],
  ...more,
});

const summary = (more: Partial<Summary> = {}): Summary => ({
  lab: lab(),
  made: {
    applied: 13,
    machines: 2,
    roundTrips: 98,
    urls: ["http://10.0.0.2:30080/", "http://10.0.0.3:30080/"],
    notes: [],
    surplus: [],
  },
  options: {},
  seconds: 27.44,
  kubeconfig: "/home/ada/.kube/config",
  hasPasswords: false,
  ...more,
});

test("the last words of `up` name nginx, kubectl, the ways in, the exercises and `down`, aligned", () => {
  assert.equal(
    upSummary(summary()),
    `Done: 13 tasks changed (27.4 s, 98 round trips).

  nginx       http://10.0.0.2:30080/  http://10.0.0.3:30080/
  kubectl     kubectl --context basics get nodes
  kubeconfig  ~/.kube/config
  log in      labwright ssh cp
  plain ssh   ssh -F ~/.local/share/labwright/labs/basics/ssh_config cp
  exercises   labwright exercise list
  remove it   labwright down
`,
  );
});

test("an entrance is named with its ports, as many as are read", () => {
  const doors = ["api-server", ...Array.from({ length: 7 }, (_, index) => `ssh.m${index}`)];
  const ports = Object.fromEntries(doors.map((door, index) => [door, 12_000 + index]));
  const { made } = summary();
  const text = upSummary(
    summary({ made: { ...made, entrance: { state: "running", host: "192.0.2.10", ports } } }),
  );
  assert.match(text, /^ {2}entrance {4}192\.0\.2\.10: api-server 12000, .*ssh\.m4 12005, and 2 more ports$/m);
});

test("with another lab file, provider or password file, the commands carry it", () => {
  const options = { file: "labs/a b.yaml", provider: "incus" };
  const text = upSummary(summary({ options, hasPasswords: true }));
  const given = "--file 'labs/a b.yaml' --provider incus";
  for (const line of [
    `log in      labwright ssh ${given} cp`,
    `passwords   labwright status ${given} --credentials`,
    `exercises   labwright exercise list ${given}`,
    `remove it   labwright down ${given}`,
  ])
    assert.ok(text.includes(`  ${line}\n`), `${line}\n${text}`);
});

test("a lab without a cluster has no kubectl and no kubeconfig, and many nodes do not make a long line", () => {
  const machines = [machine("jump", "jump-host"), machine("app", "app-server")];
  const text = upSummary(
    summary({ lab: lab({ machines, playbooks: [] }), made: { ...summary().made, urls: [] } }),
  );
  assert.doesNotMatch(text, /kubectl|kubeconfig|nginx/);
  assert.match(text, /labwright ssh jump\n/);
  const urls = Array.from({ length: 34 }, (_, index) => `http://10.0.0.${index}:30080/`);
  assert.match(
    upSummary(summary({ made: { ...summary().made, urls } })),
    /nginx +http:\/\/10\.0\.0\.0:30080\/ {2}\S+ {2}\S+ {2}and on 31 more nodes\n/,
  );
});

test("a run that changed a machine and no task says so", () => {
  const made = { ...summary().made, applied: 0, machines: 1 };
  assert.match(upSummary(summary({ made })), /^Done: 1 machine changed \(/);
});

test("a run that changed nothing says so; notes and machines that went come last", () => {
  const made = {
    applied: 0,
    machines: 0,
    roundTrips: 1,
    urls: [],
    notes: ["this computer reaches w1 by SSH only"],
    surplus: ["Removed: w2."],
  };
  const text = upSummary(summary({ made, seconds: 2 }));
  assert.match(text, /^Nothing to do: the lab matches its file \(2\.0 s, 1 round trip\)\.\n/);
  assert.match(text, /labwright down\n\nNote: this computer reaches w1 by SSH only\.\nRemoved: w2\.\n$/);
});
