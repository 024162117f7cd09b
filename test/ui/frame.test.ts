import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startRun } from "../../src/activity/tree.ts";
import { rowsMore } from "../../src/ui/frame.ts";
import { noPaint } from "../../src/ui/text.ts";
import { liveTree } from "../../src/ui/tree.ts";
import { terminal } from "./terminal.ts";

test("a narrower terminal wraps a frame's lines to more rows, whatever colours they have", () => {
  const frame = `${"a".repeat(25)}\n\u001b[1m${"b".repeat(10)}\u001b[22m\n`;
  assert.deepEqual(
    [30, 25, 20, 10, 9].map((columns) => rowsMore(frame, columns)),
    [0, 0, 1, 2, 3],
  );
});

test("when the terminal becomes narrower, the rows that it wrapped are erased before the next frame", async () => {
  const { stream, text } = terminal({ columns: 100 });
  let before = 0;
  await startRun("up", [liveTree(stream, noPaint)], async (run) => {
    run.note("n".repeat(60));
    await sleep(400);
    before = text().length;
    stream.columns = 40;
    stream.emit("resize");
    assert.equal(text().slice(before), "\u001b[2K\u001b[1A");
    await sleep(200);
  });
  before = text().length;
  stream.emit("resize");
  assert.equal(text().length, before, "nothing is erased after the end");
});
