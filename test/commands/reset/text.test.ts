import assert from "node:assert/strict";
import { test } from "node:test";
import { resetText } from "../../../src/commands/reset/text.ts";
import type { ResetResult } from "../../../src/commands/reset/way.ts";

const result: ResetResult = {
  refused: new Map(),
  rebuilt: [],
  without: [],
  undone: [],
  proof: ["the baseline is equal"],
  parts: [
    { title: "find", seconds: 0.5 },
    { title: "compare", seconds: 1 },
  ],
  exercises: [],
};
const refused = new Map([["cp", ["has no API server"]]]);

const ways: [string, Partial<ResetResult>, string][] = [
  [
    "undoing",
    { undone: [{ machine: "cp", kind: "file", name: "/etc/motd", how: "gone" }] },
    `Reset by undoing 1 difference in 1.5 s: find 0.5 s, compare 1.0 s.
Undone:
  cp: the file /etc/motd was there before and is gone
Proof:
  the baseline is equal
`,
  ],
  [
    "a spare",
    { refused, spare: { set: "2", age: 720_000 }, exercises: ["probes"] },
    `Reset by taking the spare 2, made 12 min ago, in 1.5 s: find 0.5 s, compare 1.0 s.
Undoing the differences did not do:
  cp has no API server
Not started any more: probes. Their results are kept.
Proof:
  the baseline is equal
`,
  ],
  [
    "a snapshot",
    {
      refused,
      snapshot: { name: "golden", saved: "2026-11-30T18:00:00.000Z" },
      without: [{ what: "A spare", why: ["the spare 2 is too old"] }],
    },
    `Reset by restoring the snapshot golden, saved at 2026-11-30T18:00:00.000Z, and undoing 0 differences, in 1.5 s: find 0.5 s, compare 1.0 s.
Undoing the differences did not do:
  cp has no API server
A spare did not do:
  the spare 2 is too old
Proof:
  the baseline is equal
`,
  ],
  [
    "machines that are created again",
    {
      refused,
      rebuilt: ["cp", "w1"],
      without: [
        { what: "A spare", why: [] },
        { what: "A snapshot", why: ["golden is damaged"] },
      ],
    },
    `Reset by creating cp and w1 again in 1.5 s: find 0.5 s, compare 1.0 s.
Undoing the differences did not do:
  cp has no API server
A snapshot did not do:
  golden is damaged
Proof:
  the baseline is equal
`,
  ],
];

for (const [way, special, text] of ways)
  test(`a reset says which way it went, and why no cheaper one did: ${way}`, () => {
    assert.equal(resetText({ ...result, ...special }), text);
  });
