import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { Activity, Event } from "../../src/activity/activity.ts";
import { startRun } from "../../src/activity/tree.ts";
import { LabwrightError } from "../../src/errors.ts";
import { interrupted } from "../../src/interruption.ts";
import { recordingOf } from "../../src/ui/recording.ts";
import { noPaint } from "../../src/ui/text.ts";
import { liveTree } from "../../src/ui/tree.ts";
import { label } from "../../src/ui/tree-label.ts";
import { Story } from "./events.ts";
import { terminal } from "./terminal.ts";

const showCursor = "\u001b[?25h";
const hideCursor = "\u001b[?25l";
/** The end of what log-update writes for a frame (synchronized output off). */
const frameEnd = "\u001b[?2026l";

const frames = (text: string): string[] => text.split(frameEnd).map(stripVTControlCharacters);
/** Without times: on a busy computer everything may take a second. */
const lastFrame = (text: string): string =>
  (frames(text).at(-1) ?? "")
    .replaceAll("\r\n", "\n")
    .replaceAll(/ {2}\d+\.\ds$/gm, "")
    .trimEnd();

/** Long enough for listr2 to load and draw. */
const drawn = () => sleep(400);

const broken = new LabwrightError({
  code: "kubelet-dead",
  message: "w1: the kubelet did not start",
  remedy: "Read its journal.",
  output: "no cgroup\nexit 1\n",
});

async function tasks(play: Activity, machine: string, number: number): Promise<void> {
  for (let index = 0; index < number; index += 1) {
    await play.child(
      "task",
      `step-${index}`,
      async (_, end) => end({ outcome: index % 4 === 3 ? "changed" : "ok" }),
      { machine },
    );
  }
}

test("while it runs, running tasks are shown with their last note; a play of ended tasks is one line", async () => {
  const { stream, text } = terminal();
  await startRun("up basics", [liveTree(stream, noPaint)], (run) =>
    run.child(
      "play",
      "Prepare the workers",
      async (play) => {
        await tasks(play, "w1", 12);
        await play.child("task", "kubelet", async (task) => {
          task.note("starting");
          task.note("waiting for the node: NotReady");
          await drawn();
        });
      },
      { machine: "w1" },
    ),
  );
  const during = frames(text()).find((frame) => frame.includes("NotReady")) ?? "";
  assert.match(
    during,
    /\S up basics\r?\n {2}\S w1 {2}Prepare the workers {2}9 ok, 3 changed\r?\n {4}\S kubelet {2}waiting for the node: NotReady/,
  );
  assert.equal(lastFrame(text()), "✔ up basics\n  ✔ w1  Prepare the workers  10 ok, 3 changed");
});

test("the run's line counts the plays that were announced, and estimates the rest from the last time", async () => {
  const { stream, text } = terminal();
  await startRun("up", [liveTree(stream, noPaint)], async (run) => {
    run.expect({ kind: "play", count: 3, seconds: 125 });
    await run.child("play", "Prepare", (play) => tasks(play, "cp", 2), { machine: "cp" });
    await run.child("play", "Start", drawn, { machine: "cp" });
    await run.child("artifact", "the node image", drawn);
  });
  const [first, ...others] = frames(text()).filter((frame) => frame.includes("up  1 of 3"));
  assert.match(first ?? "", /up {2}1 of 3 {2}about 2 min left/);
  const compiling = others.filter((frame) => frame.includes("the node image"));
  assert.doesNotMatch(compiling.join(""), /min left/);
  assert.match(lastFrame(text()), /^. up\n/);
});

test("without a last time, or after it has passed, there is no estimate", () => {
  const labelAfter = (ms: number, seconds?: number): string => {
    const story = new Story();
    const run = story.start("run", "up");
    const expectation = { kind: "play", count: 3, ...(seconds !== undefined && { seconds }) } as const;
    story.events.push({ event: "expect", id: run, ...expectation, at: story.now });
    const [root] = recordingOf(story.events).roots;
    return label(root ?? assert.fail(), { now: story.now + ms, columns: 80, paint: noPaint });
  };
  assert.equal(labelAfter(500), "up  0 of 3");
  assert.equal(labelAfter(500, 20), "up  0 of 3  about 20 s left");
  assert.equal(labelAfter(20_000, 20), "up  0 of 3  20.0s");
});

test("checks show machine by machine what is waited for, and leave no line when all is well", async () => {
  const { stream, text } = terminal();
  await startRun("up", [liveTree(stream, noPaint)], (run) =>
    run.child("check", "check the machines", async (checks) => {
      checks.expect({ kind: "check", count: 2 });
      await checks.child("check", "check the machine", async () => {}, { machine: "cp" });
      await checks.child(
        "check",
        "check the machine",
        async (check) => {
          check.note("waiting for a connection");
          await drawn();
        },
        { machine: "w1" },
      );
    }),
  );
  assert.match(
    text(),
    /check the machines {2}1 of 2\s+\S w1 {2}check the machine {2}waiting for a connection/,
  );
  assert.equal(lastFrame(text()), "✔ up");
});

test("machines are shown side by side", async () => {
  const { stream, text } = terminal();
  await startRun("up", [liveTree(stream, noPaint)], async (run) => {
    await Promise.all(
      ["cp", "w1"].map((machine) =>
        run.child("play", "Prepare", (play) => play.child("task", "kubelet", drawn, { machine }), {
          machine,
        }),
      ),
    );
  });
  assert.ok(
    frames(text()).some((frame) => /cp {2}Prepare\s+\S kubelet\s+\S w1 {2}Prepare\s+\S kubelet/.test(frame)),
  );
});

test("a failure stays open with message, remedy and output, told once; its neighbours go on", async () => {
  const { stream, text } = terminal();
  const run = startRun("up", [liveTree(stream, noPaint)], async (root) => {
    const plays = ["w1", "w2"].map((machine) =>
      root.child(
        "play",
        "Prepare",
        async (play) => {
          await tasks(play, machine, 2);
          await drawn();
          if (machine === "w1")
            await play.child("task", "kubelet", () => Promise.reject(broken), { machine });
          await drawn();
        },
        { machine },
      ),
    );
    await Promise.allSettled(plays);
    await Promise.all(plays);
  });
  await assert.rejects(run, (error) => error === broken);
  assert.equal(
    lastFrame(text()),
    `❯ up  failed
  ❯ w1  Prepare  2 ok
    ✖ kubelet  failed
      w1: the kubelet did not start
      what to do: Read its journal.
      | no cgroup
      | exit 1
  ✔ w2  Prepare  2 ok`,
  );
});

test("one failure on several machines is shown once, with their names", async () => {
  const { stream, text } = terminal();
  const dead = (machine: string) =>
    new LabwrightError({ code: "dead", message: `${machine}: no kubelet`, remedy: "start it" });
  await startRun("up", [liveTree(stream, noPaint)], async (root) => {
    await drawn();
    for (const machine of ["w1", "w2", "w3"])
      await root
        .child(
          "play",
          "Prepare",
          (play) => play.child("task", "kubelet", () => Promise.reject(dead(machine))),
          {
            machine,
          },
        )
        .catch(() => {});
  });
  assert.equal(
    lastFrame(text()).replace(/^( *)[^\w\s] /gm, "$1"),
    `up
  w1  Prepare  failed
    kubelet  failed
      w1: no kubelet
      what to do: Start it.
      the same on w2 and w3
  w2  Prepare  1 failed
  w3  Prepare  1 failed`,
  );
});

test("a play that was interrupted is shown as stopped, not as failed", async () => {
  const { stream, text } = terminal();
  const run = startRun("up", [liveTree(stream, noPaint)], (root) =>
    root.child(
      "play",
      "Prepare",
      async (play) => {
        await tasks(play, "w1", 2);
        await drawn();
        await play.child("task", "kubelet", () => Promise.reject(interrupted()));
      },
      { machine: "w1" },
    ),
  );
  await assert.rejects(run);
  assert.equal(
    lastFrame(text()).replace(/^( *)\S /gm, "$1"),
    "up  stopped\n  w1  Prepare  2 ok\n    kubelet  stopped",
  );
  assert.doesNotMatch(lastFrame(text()), /✖|failed|what to do/);
});

test("differences and machines that could not be asked stay open", async () => {
  const { stream, text } = terminal();
  await startRun("verify", [liveTree(stream, noPaint)], async (run) => {
    await drawn();
    await run.child("play", "Prepare", async (play, endPlay) => {
      await tasks(play, "w1", 1);
      await play.child("task", "kubelet", async (_, end) =>
        end({ outcome: "differs", details: ["maxPods is 100", "it is stopped"] }),
      );
      await play.child("task", "runtime", async (_, end) =>
        end({ outcome: "unreachable", details: ["no answer"] }),
      );
      endPlay({ outcome: "differs" });
    });
  });
  assert.equal(
    lastFrame(text()).replace(/[^\w\s]/g, "?"),
    `? verify
  ? Prepare  1 ok
    ? kubelet  differs
      maxPods is 100
      it is stopped
    ? runtime  unreachable
      no answer`,
  );
});

test("the cursor is hidden while the tree is drawn and shown again; others' output comes after it, as it was", async () => {
  const { stream, text } = terminal();
  await startRun("up", [liveTree(stream, noPaint)], async () => {
    await drawn();
    stream.write("\u001b[32mheld\u001b[39m\n");
    await sleep(150);
  });
  stream.write("after\n");
  assert.ok(text().includes(hideCursor));
  assert.match(text(), /✔ up\r?\n(.|\n)*held/);
  const end = text().slice(text().indexOf("\u001b[32mheld"));
  assert.equal(end, `\u001b[32mheld\u001b[39m\n${showCursor}after\n`);
});

test("a run that is over before anything could be drawn is shown too, and leaves the terminal alone", async () => {
  const { stream, text } = terminal();
  await startRun("up", [liveTree(stream, noPaint)], (run) =>
    run.child("play", "Quick", (play) => tasks(play, "cp", 2), { machine: "cp" }),
  );
  assert.equal(text(), "up\n  cp  Quick  2 ok\n");
  await drawn();
  assert.equal(text(), "up\n  cp  Quick  2 ok\n");
});

test("two runs in one process are two trees", async () => {
  const { stream, text } = terminal();
  const listener = liveTree(stream, noPaint);
  for (const title of ["plan", "up"]) await startRun(title, [listener], drawn);
  assert.match(stripVTControlCharacters(text()), /✔ plan\r?\n(.|\n)*✔ up/);
});

test("a process that exits in the middle gives the cursor back, and no run keeps a process alive", async () => {
  const ui = join(import.meta.dirname, "../../src");
  const script = `
    import { startRun } from ${JSON.stringify(join(ui, "activity/tree.ts"))};
    import { liveTree } from ${JSON.stringify(join(ui, "ui/tree.ts"))};
    await startRun("up", [liveTree(process.stdout)], async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      if (process.argv[1] === "exit") process.exit(130);
    });`;
  for (const how of ["exit", "end"]) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, how], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    const [code] = await once(child, "close", { signal: AbortSignal.timeout(20_000) });
    assert.equal(code, how === "exit" ? 130 : 0);
    assert.ok(text.lastIndexOf(showCursor) > text.lastIndexOf(hideCursor), JSON.stringify(text));
  }
});

test("a long note does not wrap", async () => {
  const { stream, text } = terminal({ columns: 60 });
  await startRun("up", [liveTree(stream, noPaint)], async (run) => {
    run.note("n".repeat(200));
    await drawn();
  });
  const widths = frames(text()).flatMap((frame) => frame.split("\n").map((line) => line.trimEnd().length));
  assert.ok(Math.max(...widths) <= 60, String(Math.max(...widths)));
  assert.match(text(), /n+…/);
});

test("events of activities that never started do not matter", () => {
  const { stream } = terminal();
  const listener = liveTree(stream, noPaint);
  const stray: Event = { event: "note", id: 7, text: "?", at: 0 };
  assert.doesNotThrow(() => listener(stray));
});
