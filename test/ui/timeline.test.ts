import assert from "node:assert/strict";
import { test } from "node:test";
import { timeline } from "../../src/ui/timeline.ts";
import { failedRun, Story } from "./events.ts";

test("each part has its offset, its time and a bar on the scale of the whole, in the order of their starts", () => {
  const story = new Story();
  const run = story.start("run", "up");
  const init = story.start("play", "Start", run, "cp");
  const task = story.start("task", "kubeadm-init", init, "cp");
  story.note(task, "running kubeadm");
  story.wait(2).note(task, "waiting for the API server: no answer");
  story.wait(1).note(task, "waiting for the API server: 500");
  story.wait(1).end(task);
  story.task("tiny", init, "cp", "ok", [], 0.01);
  story.end(init);
  const join = story.start("play", "Join", run, "w1");
  story.wait(3.99).end(join);
  story.end(run);
  assert.equal(
    timeline(story.events, { columns: 80 }),
    `+0.0s  4.0s  cp  Start                                 █████████████
+0.0s  4.0s  cp    kubeadm-init                        █████████████
                     waiting for the API server, 2.0s
+4.0s  4.0s  w1  Join                                              █████████████
total 8.0s
`,
  );
});

test("the bars fill the width that is given, and keep a least width", () => {
  for (const columns of [60, 100, 200]) {
    const widest = Math.max(
      ...timeline(failedRun(), { columns })
        .split("\n")
        .map((line) => line.length),
    );
    assert.ok(widest <= Math.max(columns, 70), `${columns}: ${widest}`);
  }
  assert.match(timeline(failedRun(), { columns: 10 }), /█{20}/);
});

test("a failed part is marked, one that never ended lasts until the last event, and no events give no chart", () => {
  assert.match(timeline(failedRun()), /kubelet \(failed\)/);
  const story = new Story();
  story.start("play", "Start", story.start("run", "up"), "cp");
  const other = story.start("play", "Other", 1, "w1");
  story.wait(5).end(other);
  assert.match(timeline(story.events), /\+0\.0s {2}5\.0s {2}cp {2}Start .*█\n(.*\n)total 5\.0s\n$/);
  assert.equal(timeline([]), "");
});
