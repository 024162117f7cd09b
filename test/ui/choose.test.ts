import assert from "node:assert/strict";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { chooseOutput, errorLine, errorText, outputKind } from "../../src/ui/choose.ts";
import { Story } from "./events.ts";
import { terminal } from "./terminal.ts";

test("a terminal gets the tree; CI, a pipe and a dumb terminal the log; --json wins", () => {
  const stream = terminal().stream;
  assert.equal(outputKind({ stream, env: {}, json: false }), "tree");
  assert.equal(outputKind({ stream, env: { CI: "false" }, json: false }), "tree");
  assert.equal(outputKind({ stream, env: { CI: "1" }, json: false }), "log");
  assert.equal(outputKind({ stream, env: { TERM: "dumb" }, json: false }), "log");
  assert.equal(outputKind({ stream: terminal({ isTTY: false }).stream, env: {}, json: false }), "log");
  assert.equal(outputKind({ stream, env: {}, json: true }), "json");
});

const cause = new Error("ssh\n said no", { cause: new Error("ECONNREFUSED") });
const error = new LabwrightError({
  code: "c",
  message: "cp: no answer",
  remedy: "start it",
  output: "o1\no2",
  cause,
});

test("an error is its message, its causes in one line, its remedy and its output", () => {
  assert.equal(
    errorText(error),
    "error: cp: no answer\nbecause: ssh said no ← ECONNREFUSED\nwhat to do: Start it.\n| o1\n| o2",
  );
});

test("a cause that the message already says is not said again, and a circle of causes ends", () => {
  const circle = new Error("a: b");
  circle.cause = new Error("b", { cause: circle });
  assert.equal(errorText(circle).includes("because"), false);
});

test("of a failure that the listener has shown, only message and causes are shown again", () => {
  const out = terminal({ isTTY: false });
  const errors = terminal({ isTTY: false });
  const output = chooseOutput({ stream: out.stream, errors: errors.stream, env: {}, json: false });
  output.listener({ event: "start", id: 1, parent: null, kind: "run", title: "up", at: 0 });
  const shape = { code: "c", message: "cp: no answer", remedy: "Start it.", output: "o1\no2" };
  output.listener({ event: "end", id: 1, outcome: "failed", details: [], error: shape, at: 1 });
  chooseOutput({ stream: out.stream, errors: errors.stream, env: {}, json: false }).printError(error);
  assert.match(out.text(), /\| o1\n/);
  assert.equal(errors.text(), "error: cp: no answer (details above)\nbecause: ssh said no ← ECONNREFUSED\n");
  const elsewhere = terminal();
  chooseOutput({ stream: out.stream, errors: elsewhere.stream, env: {}, json: false }).printError(error);
  assert.match(elsewhere.text(), /Start it/, "whoever sees only the errors has not seen it");
});

test("the last words name all machines on which the same failed", () => {
  const out = terminal({ isTTY: false });
  const errors = terminal({ isTTY: false });
  const output = chooseOutput({ stream: out.stream, errors: errors.stream, env: {}, json: false });
  const story = new Story();
  const run = story.start("run", "up");
  for (const machine of ["w1", "w2", "w3"]) {
    const task = story.start("task", "kubelet", run, machine);
    story.end(task, "failed", [], { code: "dead", message: `${machine}: no kubelet`, remedy: "start it" });
  }
  for (const event of story.events) output.listener(event);
  output.printError(new LabwrightError({ code: "dead", message: "w1: no kubelet", remedy: "start it" }));
  assert.equal(errors.text(), "error: w1: no kubelet (the same on w2 and w3; details above)\n");
  assert.equal(out.text().split("start it").length, 2, out.text());
});

test("with --json events and the error are lines of JSON on the same stream", () => {
  const out = terminal();
  const output = chooseOutput({ stream: out.stream, env: {}, json: true });
  const event = { event: "start", id: 1, parent: null, kind: "run", title: "up", at: 0 } as const;
  output.listener(event);
  output.printError(error);
  const [first, second, rest] = out.text().split("\n");
  assert.deepEqual(JSON.parse(first ?? ""), event);
  assert.equal(`${second}\n`, errorLine(error));
  assert.deepEqual(JSON.parse(second ?? ""), {
    ...{ event: "error", code: "c", message: "cp: no answer", remedy: "Start it.", output: "o1\no2" },
    causes: ["ssh said no", "ECONNREFUSED"],
  });
  assert.equal(rest, "");
});

test("only the end of a long output is shown, and no escape sequence of a machine reaches the terminal", () => {
  const output = `\u001b]0;title\u0007\u001b[2J${Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n")}`;
  const text = errorText(new LabwrightError({ code: "c", message: "m", remedy: "r", output }));
  assert.match(text, /\n\| … 40 lines before these .*\n\| line 40\n/);
  assert.match(text, /\| line 99$/);
  assert.equal(errorText(new Error("\u001b[2Jgone")).includes("\u001b[2J"), false);
  assert.equal(text.includes("\u001b"), false);
});
