import assert from "node:assert/strict";
import { test } from "node:test";
import { planJson, planOf, planText } from "../../src/ui/plan.ts";
import { failedRun, inspection, Story } from "./events.ts";

test("the plan names each machine's changes in words, and groups what has one reason", () => {
  assert.equal(
    planText(inspection()),
    `cp
  ~ change  kubelet
      maxPods is 100, not 110
      the service is stopped

w1
  + create  kubelet, kubeadm-join
      does not exist

w2
  ? unknown  kubelet
      no answer on port 22

3 changes on 2 machines; 1 task could not be looked at
`,
  );
});

test("machines with the same changes share one block, and this computer is not counted as a machine", () => {
  const story = new Story();
  const run = story.start("run", "plan");
  for (const machine of ["w1", "w2"])
    for (const title of ["machine", "kubelet"])
      story.task(title, run, machine, "differs", [`${machine} does not exist, and will be created`]);
  story.task("kubeconfig", run, "localhost", "differs", ["the context is missing"]);
  assert.equal(
    planText(story.events, { thisComputer: "localhost" }),
    `w1, w2
  + create  machine, kubelet
      does not exist, and will be created

this computer
  + create  kubeconfig
      the context is missing

5 changes on 2 machines and this computer
`,
  );
});

test("a plan without changes says so", () => {
  const story = new Story();
  const run = story.start("run", "plan");
  story.task("kubelet", run, "cp");
  story.end(run);
  assert.equal(planText(story.events), "Nothing to do\n");
  assert.deepEqual(planOf(story.events), { changes: 0, unknown: 0, machines: [] });
});

test("nothing to do is not said where something could not be looked at", () => {
  const story = new Story();
  const run = story.start("run", "plan");
  story.task("kubelet", run, "cp", "unreachable", ["no answer"]);
  story.end(run);
  assert.match(planText(story.events), /\n1 task could not be looked at\n$/);
});

test("a change of one task is counted in the singular, and a failure's message stands for its differences", () => {
  const story = new Story();
  const run = story.start("run", "plan");
  story.task("kubelet", run, "cp", "differs", ["/etc/kubelet.yaml is missing"]);
  assert.match(planText(story.events), /\+ create {2}kubelet\n.*\n\n1 change on 1 machine\n$/);
  assert.deepEqual(planOf(failedRun()).machines[0]?.changes, [
    {
      kind: "unknown",
      task: "kubelet",
      play: "Prepare the workers",
      differences: ["w1: the kubelet did not start"],
    },
  ]);
});

test("that a machine could not be checked counts once for each of its tasks, not once more for itself", () => {
  const story = new Story();
  const run = story.start("run", "plan");
  const checks = story.start("check", "check the machines", run);
  const check = story.start("check", "check the machine", checks, "cp");
  story.end(check, "unreachable", ["no answer"]);
  story.end(checks);
  story.task("kubelet", run, "cp", "unreachable", ["no answer"]);
  assert.equal(planOf(story.events).unknown, 1);
});

test("a difference of several words about what is there is a change, not a creation", () => {
  const story = new Story();
  const run = story.start("run", "plan");
  story.task("images", run, "cp", "differs", ["the image a is missing", "the image b is old"]);
  assert.equal(planOf(story.events).machines[0]?.changes[0]?.kind, "change");
});

test("the plan as JSON is the plan", () => {
  assert.deepEqual(JSON.parse(planJson(inspection())), planOf(inspection()));
});
