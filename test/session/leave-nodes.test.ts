import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activity, Ending } from "../../src/activity/activity.ts";
import { LabwrightError } from "../../src/errors.ts";
import type { Host, Output } from "../../src/hosts/types.ts";
import type { Machine } from "../../src/lab/types.ts";
import { departuresOf, departureWords, leaveNodes } from "../../src/session/leave-nodes.ts";
import { listOf } from "../support/kube-samples.ts";
import { type Answers, recorder } from "../support/recorder.ts";
import { lab, nothing, said } from "../support/steps.ts";

const machine = (name: string, role: string): Machine => ({ name, role, user: "root", sudo: "none" });

interface Different {
  ready?: string;
  spec?: object;
  annotations?: object;
}

const node = (name: string, { ready = "True", spec = {}, annotations = {} }: Different = {}) => ({
  metadata: { name, annotations },
  spec,
  status: { conditions: [{ type: "Ready", status: ready }] },
});
const cp = node("cp", { spec: { taints: [{ effect: "NoSchedule" }] } });
const three = [cp, node("w1"), node("w2")];

interface Given {
  /** The machines of the lab file. */
  named?: readonly Machine[];
  removed?: readonly string[];
  /** Machines that are there and do not run. */
  stopped?: readonly string[];
  /** Machines that run and are not drained. */
  discarded?: readonly string[];
  /** What control planes answer when they are asked for the nodes. */
  nodes?: Output;
  pods?: Output;
  drained?: Output;
  /** Machines that cannot be connected to. */
  silent?: readonly string[];
}

function given({
  named = [machine("cp", "control-plane"), machine("w1", "worker")],
  removed = ["w2"],
  stopped = [],
  discarded = [],
  nodes = listOf(...three),
  pods = listOf(),
  drained = said(""),
  silent = [],
}: Given) {
  const answers: Answers = [
    ["get nodes", nodes],
    ["get pods,poddisruptionbudgets", pods],
    [" drain ", drained],
  ];
  const machines = recorder(answers, {});
  const found = [...new Set([...named.map(({ name }) => name), ...removed])].map((name) => ({
    name,
    running: !stopped.includes(name),
  }));
  const gone = found.filter(({ name }) => removed.includes(name));
  type Removal = Parameters<typeof departuresOf>[0];
  const removal = {
    lab: { ...lab, machines: [...named] },
    found: found as Removal["found"],
    removed: gone as Removal["removed"],
    leaving: gone.flatMap(({ name, running }) => (running && !discarded.includes(name) ? [name] : [])),
    signal: new AbortController().signal,
    host: async (name: string): Promise<Host> => {
      if (!silent.includes(name)) return machines.host(name);
      throw new LabwrightError({ code: "silent", message: `could not connect to ${name}`, remedy: "-" });
    },
  };
  return { removal, commands: machines.done };
}

const words = async (one: Given): Promise<[string, string][]> => [
  ...departureWords(await departuresOf(given(one).removal)),
];
const silent = "no control plane that stays answers";
const drainedFirst = "its node will be drained first";
const undrained = (why: string) => `its node will not be drained: ${why}`;

for (const [what, { of: one, shown }] of Object.entries<{ of: Given; shown: [string, string][] }>({
  "a worker that runs is drained": { of: {}, shown: [["w2", drainedFirst]] },
  "nothing is asked if nothing leaves": { of: { removed: [], silent: ["cp"] }, shown: [] },
  "one that does not run is not": {
    of: { stopped: ["w2"] },
    shown: [["w2", undrained("its machine does not answer")]],
  },
  "nor one whose kubelet does not answer": {
    of: { nodes: listOf(cp, node("w1"), node("w2", { ready: "Unknown" })) },
    shown: [["w2", undrained("its kubelet does not answer")]],
  },
  "nor the last one that takes pods": {
    of: { named: [machine("cp", "control-plane")], removed: ["w1", "w2"] },
    shown: ["w1", "w2"].map((name) => [name, undrained("no node that stays takes its pods")]),
  },
  "one that is created again is drained too": { of: { removed: ["w1"] }, shown: [["w1", drainedFirst]] },
  "of a machine that is not a node nothing is said": { of: { nodes: listOf(cp, node("w1")) }, shown: [] },
  "what a reset creates again is not": { of: { removed: ["w1"], discarded: ["w1"] }, shown: [] },
  "of a lab without a cluster nothing is said": { of: { nodes: said("") }, shown: [] },
  "if no control plane stays, nothing is drained": { of: { removed: ["cp", "w2"] }, shown: [] },
  "an API server that does not answer": {
    of: { nodes: nothing },
    shown: [["w2", undrained(silent)]],
  },
  "a control plane that does not run": { of: { stopped: ["cp"] }, shown: [["w2", undrained(silent)]] },
  "a control plane that does not answer": {
    of: { silent: ["cp"] },
    shown: [["w2", undrained(silent)]],
  },
  "another control plane is asked instead": {
    of: { silent: ["cp"], named: [machine("cp", "control-plane"), machine("cp2", "control-plane")] },
    shown: [["w2", drainedFirst]],
  },
}))
  test(`plan: ${what}`, async () => assert.deepEqual(await words(one), shown));

const endings: Ending[] = [];
const activity: Activity = {
  note: () => {},
  expect: () => {},
  child: (_kind, _title, work) => work(activity, (ending) => void endings.push(ending)),
};

test("up drains all that leave in one go, and says so", async () => {
  const nodes = listOf(...three, node("w3"));
  const { removal, commands } = given({ removed: ["w2", "w3"], nodes });
  assert.deepEqual(await leaveNodes(removal, activity), ["Drained: w2.", "Drained: w3."]);
  assert.match(commands(), /annotate --overwrite node w2 w3 labwright\/cordoned-for-upgrade=true\n/);
  assert.match(commands(), / cordon w2 w3 &&\n.* drain w2 w3 --ignore-daemonsets /);
});

test("up goes on with a node that a killed run has cordoned, and keeps a person's cordon", async () => {
  const marked = { spec: { unschedulable: true }, annotations: { "labwright/cordoned-for-upgrade": "true" } };
  const again = given({ nodes: listOf(cp, node("w1"), node("w2", marked)) });
  assert.deepEqual(await leaveNodes(again.removal, activity), ["Drained: w2."]);
  const spec = { unschedulable: true };
  const own = given({ nodes: listOf(cp, node("w1"), node("w2", { spec })), drained: said("", 1) });
  await assert.rejects(leaveNodes(own.removal, activity), /cannot drain w2/);
  assert.doesNotMatch(own.commands(), /annotate|uncordon/);
});

test("up says which are not drained, and runs nothing for them", async () => {
  const { removal, commands } = given({ nodes: nothing });
  assert.deepEqual(await leaveNodes(removal, activity), [
    "Not drained: w2, because no control plane that stays answers.",
  ]);
  assert.doesNotMatch(commands(), /cordon|drain/);
});

test("up refuses before it cordons if one of those that leave cannot be drained", async () => {
  const bare = { kind: "Pod", metadata: { name: "mine", namespace: "default" }, spec: { nodeName: "w3" } };
  const nodes = listOf(...three, node("w3"));
  const { removal, commands } = given({ removed: ["w2", "w3"], nodes, pods: listOf(bare) });
  await assert.rejects(
    leaveNodes(removal, activity),
    /^LabwrightError: cannot drain w3: the pod default\/mine/,
  );
  assert.doesNotMatch(commands(), /cordon|annotate/);
});

test("up takes its cordons back if the pods do not leave in time", async () => {
  const nodes = listOf(...three, node("w3"));
  const stderr =
    "error when evicting pods: Cannot evict pod as it would violate the pod's disruption budget.";
  const { removal, commands } = given({
    removed: ["w2", "w3"],
    nodes,
    drained: { code: 1, stdout: "", stderr },
  });
  await assert.rejects(leaveNodes(removal, activity), /cannot drain w2 and w3: .*disruption budget/);
  for (const name of ["w2", "w3"]) assert.match(commands(), new RegExp(`uncordon ${name} &&`));
});
