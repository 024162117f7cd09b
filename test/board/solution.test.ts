import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { MarkdownNode } from "../../src/ui/markdown-node.ts";
import { ask, boardFolder, fakeLabs, logIn, type RunningBoard, startBoard, task } from "../support/board.ts";

const solution = (exercise: string): MarkdownNode[] => [{ tag: "p", children: [`The way of ${exercise}`] }];
const labs = fakeLabs(
  ["alice", "bob"],
  ["jobs", "probes"].map((name) =>
    task(name, { solution: solution(name), plain: { text: "", solution: `The way of ${name}` } }),
  ),
);
let board: RunningBoard;
let place: Awaited<ReturnType<typeof boardFolder>>;
before(async () => {
  place = await boardFolder();
  board = await startBoard(labs, place);
});
after(async () => {
  await board.stop();
  await place.remove();
  assert.deepEqual(board.errors, []);
});

/** What does not come is not waited for without end. */
const late = { timeout: 60_000 };

/** Everything that a page is sent. */
async function pageOf(token: string, path: string) {
  const headers = await logIn(board, token);
  const answer = await fetch(`${board.address}${path}/events`, { headers });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let all = "";
  return {
    headers,
    sent: () => all,
    /** Reads on until a text has come. */
    async until(text: string): Promise<void> {
      while (!all.includes(text)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        assert.ok(!done, `the stream ended without ${text}`);
        all += value ?? "";
      }
    },
    end: () => reader?.cancel(),
  };
}

test("a student is sent the solution of an exercise after passing it, and no other", late, async () => {
  const [alice, bob] = [
    await pageOf("token-alice", "/student/alice"),
    await pageOf("token-bob", "/student/bob"),
  ];
  const does = async (action: string) => {
    const answer = await ask(board, "POST", "/student/alice/do", {
      ...{ headers: alice.headers, body: { action, exercise: "jobs" } },
    });
    assert.equal(answer.status, 202, answer.text);
  };
  labs.seen = ["nothing is there"];
  await does("start");
  await alice.until('"ended"');
  await does("check");
  await alice.until("nothing is there");
  await alice.until("Not yet.");
  assert.doesNotMatch(alice.sent(), /The way of/);
  labs.seen = [];
  await does("check");
  await alice.until('"Passed."');
  await alice.until("The way of jobs");
  assert.doesNotMatch(alice.sent(), /The way of probes/);
  const again = await pageOf("token-alice", "/student/alice");
  await again.until("The way of jobs");
  assert.doesNotMatch(again.sent(), /The way of probes/, "also when the page is loaded again");
  const raised = await ask(board, "POST", "/student/bob/do", {
    ...{ headers: bob.headers, body: { action: "raise" } },
  });
  assert.equal(raised.status, 202, raised.text);
  await bob.until('"hand"');
  assert.doesNotMatch(bob.sent(), /The way of/, "what another student has passed");
  await Promise.all([alice, again, bob].map(({ end }) => end()));
});

test("the instructor is sent every solution, whatever students have done", late, async () => {
  const page = await pageOf("token-instructor", "/instructor");
  await page.until("\n\n");
  await page.until('"solutions"');
  for (const name of ["jobs", "probes"]) await page.until(`The way of ${name}`);
  await page.end();
});
