import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../src/activity/activity.ts";
import { LabwrightError } from "../../src/errors.ts";
import { chooseOutput, errorLine, errorText } from "../../src/ui/choose.ts";
import { jsonText } from "../../src/ui/json.ts";
import { junit } from "../../src/ui/junit.ts";
import { markdown } from "../../src/ui/markdown.ts";
import { planText } from "../../src/ui/plan.ts";
import { print, printPainted, tell } from "../../src/ui/print.ts";
import { table } from "../../src/ui/table.ts";
import { timeline } from "../../src/ui/timeline.ts";
import { painted, visible } from "../../src/ui/visible.ts";
import { Story } from "./events.ts";
import { terminal } from "./terminal.ts";

/** Writes the clipboard, renames the window, clears the screen, turns text around, ends a line, in C1 and in C0. */
const hostile =
  "a\u001b]52;c;cm0gLXJmIH4K\u0007\u009b2J\u001b[2J\u001b[8mb\u202e\u2066\r\u007f\u0000\u2028\u{e0041}\ud800";
const shown =
  "a\\x1b]52;c;cm0gLXJmIH4K\\x07\\x9b2J\\x1b[2Jb\\u202e\\u2066\\x0d\\x7f\\x00\\u2028\\u{e0041}\ufffd";

/** What no text for a terminal may hold; our own colours are taken out before. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const dangerous = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const assertSafe = (text: string, what: string): void => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with ESC.
  assert.doesNotMatch(text.replace(/\u001b\[[0-9;]*m/g, ""), dangerous, what);
};

function events(): Event[] {
  const story = new Story();
  const run = story.start("run", hostile);
  const play = story.start("play", hostile, run, hostile);
  story.wait(20).note(play, hostile);
  story.task(hostile, play, hostile, "differs", [hostile], 2);
  const error = { code: "c", message: hostile, remedy: hostile, output: hostile };
  story.end(play, "failed", [], error);
  story.end(run, "failed", [], error);
  return story.events;
}

test("each control character is shown as what it is, colours are dropped, and what is shown stays as it is", () => {
  assert.equal(visible(hostile), shown);
  assert.equal(visible(shown), shown);
  assert.equal(visible("ä\tb\r\nc — 日本 ✔"), "ä\tb\nc — 日本 ✔");
  assert.equal(painted("\u001b[32mgreen\u001b[39m\u001b[2J"), "\u001b[32mgreen\u001b[39m\\x1b[2J");
});

test("no door to a terminal or a report lets a control character through", async () => {
  const error = new LabwrightError({
    ...{ code: "c", message: hostile, remedy: hostile, output: hostile },
    cause: new Error(`because ${hostile}`),
  });
  assertSafe(errorText(error), "error");
  assertSafe(junit(events(), { name: hostile }), "JUnit");
  assertSafe(planText(events()), "plan");
  assertSafe(timeline(events()), "timeline");
  assertSafe(markdown(`# ${hostile}\n\n\`${hostile}\` [x](${hostile})\n`), "Markdown");
  for (const isTTY of [true, false]) {
    const out = terminal({ isTTY });
    const output = chooseOutput({ stream: out.stream, errors: out.stream, env: {}, json: false });
    for (const event of events()) output.listener(event);
    output.printError(error);
    // log-update moves the cursor itself, so of the tree only what is the machine's is looked at.
    if (isTTY)
      for (const one of ["\u009b", "\u202e", "\u2028", "\u0007", "\u001b]52"])
        assert.equal(out.text().includes(one), false, JSON.stringify(one));
    else assertSafe(out.text(), "log");
  }
});

test("what commands print goes through one door, for text and for JSON", () => {
  const out = terminal();
  print(`${hostile}\n`, out.stream);
  printPainted(`${hostile}\n`, out.stream);
  tell(`${hostile}\n`, out.stream);
  print(table([[hostile, hostile]]), out.stream);
  assertSafe(out.text(), "print");
  const json = jsonText({ hostile, error: errorLine(error()) }, 2);
  assertSafe(json, "JSON");
  assert.equal(JSON.parse(json).hostile, hostile);
  assertSafe(errorLine(error()), "error line");
});

const error = () => new LabwrightError({ code: "c", message: hostile, remedy: "r" });
