import assert from "node:assert/strict";
import { test } from "node:test";
import { sparesText } from "../../../src/commands/spare/list.ts";
import { refillText } from "../../../src/commands/spare/refill.ts";

const made = (minutes: number) => ({
  made: new Date(Date.now() - minutes * 60_000).toISOString(),
  decided: "",
});

test("spares are listed with their age and whether they can be taken", () => {
  const spares = [
    { set: "2", record: made(12) },
    { set: "10", record: made(21 * 60), flaw: "is 21 h old" },
    { set: "3", flaw: "is not complete" },
  ];
  assert.equal(
    sparesText(spares, { wanted: 2 }),
    `SPARE  MADE        STATE
2      12 min ago  can be taken
10     21 h ago    is 21 h old
3                  is not complete
Missing: 1 of 2. \`labwright spare refill\` makes them.
`,
  );
});

test("without spares the list says how to make one, or who makes them now", () => {
  assert.equal(sparesText([], { wanted: 0 }), "There is no spare.\n`labwright spare add` makes one.\n");
  assert.equal(
    sparesText([], { wanted: 1, maker: { pid: 7, since: "2026-11-30T10:00:00.000Z" } }),
    "There is no spare.\nSpares are being made since 2026-11-30T10:00:00.000Z (process 7).\n",
  );
});

test("a refill says what it made and removed", () => {
  assert.equal(refillText({ make: [], remove: [] }), "Nothing to do: every spare can be taken.\n");
  assert.equal(
    refillText({ make: ["2"], remove: ["2", "4"] }),
    "Made: 1 spare (2), verified and frozen.\nRemoved: 1 set of machines (4).\n",
  );
});
