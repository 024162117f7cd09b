import assert from "node:assert/strict";
import { test } from "node:test";
import { junit } from "../../src/ui/junit.ts";
import { failedRun, inspection, Story } from "./events.ts";

test("plays are suites, tasks are cases; differences are failures, and what could not be asked is an error", () => {
  assert.equal(
    junit(inspection(), { name: "basics" }),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="basics" tests="6" failures="3" errors="1" time="6.000">
<testsuite name="Start the control plane" tests="2" failures="1" errors="0" time="2.000" skipped="0" timestamp="1970-01-01T00:16:40.000">
<testcase classname="Start the control plane" name="cp: kubelet" time="1.000">
<failure message="maxPods is 100, not 110 (and 1 other difference)" type="differs">maxPods is 100, not 110
the service is stopped</failure>
</testcase>
<testcase classname="Start the control plane" name="cp: kubeadm-init" time="1.000"/>
</testsuite>
<testsuite name="Prepare the workers" tests="4" failures="2" errors="1" time="4.000" skipped="1" timestamp="1970-01-01T00:16:40.000">
<testcase classname="Prepare the workers" name="w1: kubelet" time="1.000">
<failure message="w1 does not exist" type="differs">w1 does not exist</failure>
</testcase>
<testcase classname="Prepare the workers" name="w1: kubeadm-join" time="1.000">
<failure message="w1 does not exist" type="differs">w1 does not exist</failure>
</testcase>
<testcase classname="Prepare the workers" name="w2: kubelet" time="1.000">
<error message="w2: no answer on port 22" type="unreachable">w2: no answer on port 22</error>
</testcase>
<testcase classname="Prepare the workers" name="w2: kubeadm-join" time="1.000">
<skipped/>
</testcase>
</testsuite>
</testsuites>
`,
  );
});

test("a failed task tells its code, remedy and output, once in the whole report", () => {
  const xml = junit(failedRun(), { name: "basics" });
  assert.match(xml, /<testsuites name="basics" tests="3" failures="1" errors="0"/);
  assert.equal(xml.split("the kubelet did not start").length, 3, "in the message and in the text");
  assert.match(
    xml,
    /type="kubelet-dead">w1: the kubelet did not start\nwhat to do: Read its journal.\nE1122 no cgroup\nexit 1\n</,
  );
});

test("a run that broke outside of a task is not reported as passed, and a defect of ours is an error", () => {
  const story = new Story();
  const run = story.start("run", "verify");
  const error = { code: "unexpected", message: "x is undefined", remedy: "report it" };
  story.end(run, "failed", [], error);
  const xml = junit(story.events, { name: "basics" });
  assert.match(xml, /<testsuites name="basics" tests="1" failures="0" errors="1"/);
  assert.match(
    xml,
    /<testcase classname="labwright" name="verify" time="0.000">\n<error message="x is undefined"/,
  );
});

test("a task that was interrupted is an error, and no failure of the lab", () => {
  const story = new Story();
  const run = story.start("run", "up");
  const task = story.start("task", "kubelet", run, "w1");
  const error = { code: "interrupted", message: "interrupted", remedy: "run it again" };
  story.end(task, "stopped", [], error);
  story.end(run, "stopped", [], error);
  assert.match(junit(story.events, { name: "basics" }), /tests="1" failures="0" errors="1"/);
});

test("building a node image is not a test of the lab, unless it fails", () => {
  for (const [outcome, tests] of [
    ["changed", 1],
    ["failed", 2],
  ] as const) {
    const story = new Story();
    const run = story.start("run", "up basics");
    const image = story.start("artifact", "Build the node image", run);
    const play = story.start("play", "What every node needs", image, "node-image");
    const task = story.start("task", "system-packages", play, "node-image");
    const error = { code: "packages", message: "no space is left", remedy: "make some" };
    story.end(task, outcome, [], outcome === "failed" ? error : undefined);
    const other = story.start("play", "Start the control plane", run, "cp");
    story.task("kubelet", other, "cp");
    assert.match(
      junit(story.events, { name: "basics" }),
      new RegExp(`<testsuites name="basics" tests="${tests}"`),
    );
  }
});

test("whatever a machine says, the report is XML", () => {
  const story = new Story();
  const run = story.start("run", "verify");
  const nasty = `<a b="c">]]>&\u0000\u001b[31mred\u001b[0m\u0007\uFFFE\uD800 \n\ttab`;
  story.task(nasty, run, nasty, "differs", [nasty]);
  const xml = junit(story.events, { name: nasty });
  const shown = "&lt;a b=&quot;c&quot;&gt;]]&gt;&amp;\\x00red\\x07\uFFFD\uFFFD ";
  assert.ok(xml.includes(`<testsuites name="${shown}&#10;&#9;tab"`), xml);
  assert.ok(xml.includes(`>${shown}\n\ttab</failure>`), xml);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 does not allow.
  assert.equal(/[\u0000-\u0008\u000b-\u001f\uFFFE\uFFFF]/.test(xml), false);
});

test("a report without tasks is a report", () => {
  assert.equal(
    junit([], { name: "basics" }),
    '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="basics" tests="0" failures="0" errors="0" time="0.000"/>\n',
  );
});
