import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startRun } from "../../src/activity/tree.ts";
import { PlainLog, plainLog } from "../../src/ui/log.ts";
import { failedRun, Story } from "./events.ts";

const linesOf = (events: Story["events"]) => {
  const log = new PlainLog();
  return events.flatMap((event) => log.add(event));
};

/** Plays events against a clock that ticks each second, as the real one does. */
function withTicks(events: Story["events"], until: number): string[] {
  const log = new PlainLog();
  const queue = [...events];
  const lines: string[] = [];
  for (let at = queue[0]?.at ?? 0; at <= until; at += 1000) {
    while (queue[0] && queue[0].at <= at) lines.push(...log.add(queue.shift() ?? queue[0]));
    lines.push(...log.tick(at));
  }
  return lines;
}

test("a failed run reads as time, machine, title and outcome, with the failure told once", () => {
  assert.deepEqual(linesOf(failedRun()), [
    "    0.0s        up basics  …",
    "    3.5s  w2    kernel-settings  changed  2.5s: br_netfilter is not loaded",
    "   13.5s  w1    kubelet  failed  10.0s",
    "          w1: the kubelet did not start",
    "          what to do: Read its journal.",
    "          | E1122 no cgroup",
    "          | exit 1",
    "   13.5s  w1    Prepare the workers  failed  13.5s: 1 ok",
    "   13.5s  w2    Prepare the workers  ok  13.5s: 1 changed",
    "  6m 00s        Kubernetes 1.36  ok  6m 00s",
    "  6m 00s        up basics  failed  6m 00s",
  ]);
});

test("a run that changes nothing has one line a play, and none for its checks and tasks", () => {
  const story = new Story();
  const run = story.start("run", "up");
  const checks = story.start("check", "check the machines", run);
  const check = story.start("check", "check the machine", checks, "cp");
  story.wait(1).end(check);
  story.end(checks);
  for (const machine of ["cp", "w1"]) {
    const play = story.start("play", "Prepare", run, machine);
    for (let task = 1; task <= 35; task += 1) story.task(`step-${task}`, play, machine, "ok", [], 0);
    story.end(play);
  }
  story.end(run);
  assert.deepEqual(linesOf(story.events), [
    "    0.0s        up  …",
    "    1.0s  cp    Prepare  ok  0.0s: 35 ok",
    "    1.0s  w1    Prepare  ok  0.0s: 35 ok",
    "    1.0s        up  ok  1.0s",
  ]);
});

test("a task that waited long for what was right already is told", () => {
  const story = new Story();
  const play = story.start("play", "Prepare", story.start("run", "up"), "cp");
  story.task("cluster-ready", play, "cp", "ok", [], 7);
  assert.equal(linesOf(story.events).at(-1), "    7.0s  cp    cluster-ready  ok  7.0s");
});

test("one reason on many tasks of a machine is told once, and on another machine by the first one's name", () => {
  const story = new Story();
  const run = story.start("run", "verify");
  for (const machine of ["w1", "w2"]) {
    const play = story.start("play", "Prepare", run, machine);
    for (let task = 1; task <= 34; task += 1)
      story.task(`step-${task}`, play, machine, "unreachable", [`${machine}: no answer on port 22`], 0);
    story.end(play, "differs");
  }
  assert.deepEqual(linesOf(story.events).slice(1), [
    "    0.0s  w1    step-1  unreachable  0.0s: w1: no answer on port 22",
    "    0.0s  w1    Prepare  differs  0.0s: 33 unreachable",
    "    0.0s  w2    step-1  unreachable  0.0s: the same as on w1",
    "    0.0s  w2    Prepare  differs  0.0s: 34 unreachable",
  ]);
});

test("a task that was interrupted reads as stopped, without a separate remedy", () => {
  const story = new Story();
  const run = story.start("run", "up");
  const task = story.start("task", "kubelet", run, "w1");
  const error = { code: "interrupted", message: "interrupted", remedy: "run it again" };
  story.wait(2).end(task, "stopped", [], error);
  story.end(run, "stopped", [], error);
  assert.deepEqual(linesOf(story.events).slice(1), [
    "    2.0s  w1    kubelet  stopped  2.0s",
    "    2.0s        up  stopped  2.0s",
  ]);
});

test("a compilation of six minutes that tells every package shows life without a flood", () => {
  const story = new Story();
  const run = story.start("run", "up");
  const artifact = story.start("artifact", "Kubernetes", run);
  for (let second = 1; second < 360; second += 1) {
    story.wait(1).note(artifact, `compiling package ${String.fromCharCode(97 + (second % 26))}${second}`);
  }
  const lines = withTicks(story.events, story.now);
  const times = lines.map(
    (line) =>
      Number(line.replace(/^\s*(?:(\d+)m )?([\d.]+)s.*/, "$2")) + 60 * Number(/(\d+)m /.exec(line)?.[1] ?? 0),
  );
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  assert.ok(Math.max(...gaps) <= 16, `no silence over 16 s: ${gaps}`);
  assert.ok(lines.length <= 2 + 5 + 360 / 15, `no flood: ${lines.length} lines`);
});

test("a note that says the same with other numbers is told every 15 seconds at most", () => {
  const story = new Story();
  const run = story.start("run", "up");
  for (let second = 1; second <= 20; second += 1) story.wait(1).note(run, `${second} of 20 done`);
  const notes = withTicks(story.events, story.now).filter((line) => line.includes(" of 20"));
  assert.deepEqual(notes, ["    1.0s        up  1 of 20 done", "   16.0s        up  16 of 20 done"]);
});

test("something new is told soon, also when nothing comes after it", () => {
  const story = new Story();
  const run = story.start("run", "up");
  story.wait(1).note(run, "pulling");
  story.wait(0.5).note(run, "unpacking");
  const lines = withTicks(story.events, story.now + 4000);
  assert.deepEqual(lines.slice(1), ["    1.0s        up  pulling", "    2.0s        up  unpacking"]);
});

test("a note of an activity that is over within a second is not told", () => {
  const story = new Story();
  const run = story.start("run", "up");
  const task = story.start("task", "kubelet", run, "w1");
  story.note(task, "waiting");
  story.wait(0.4).end(task);
  assert.equal(
    withTicks(story.events, story.now + 5000)
      .join("\n")
      .includes("waiting"),
    false,
  );
});

test("an activity that says nothing at all still shows life", () => {
  const story = new Story();
  const run = story.start("run", "up");
  const play = story.start("play", "Start", run, "cp");
  story.start("task", "kubeadm-init", play, "cp");
  const lines = withTicks(story.events, story.now + 31_000).slice(1);
  assert.deepEqual(lines, [
    "    1.0s  cp    Start  …",
    "   16.0s  cp    kubeadm-init  still running, 16.0s",
    "   31.0s  cp    kubeadm-init  still running, 31.0s",
  ]);
});

test("the listener writes to its stream and its clock keeps no process alive", async () => {
  let text = "";
  const stream = { write: (chunk: string) => (text += chunk) };
  await startRun("up", [plainLog(stream)], async (run) => {
    run.note("going");
    await sleep(2200);
  });
  assert.match(text, /up {2}…\n +1\.\ds +up {2}going\n +2\.\ds +up {2}ok {2}2\.\ds\n$/);
});
