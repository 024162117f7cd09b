import assert from "node:assert/strict";
import { test } from "node:test";
import type { Part } from "../../../src/commands/smoke/parts.ts";
import { markdown, type Report } from "../../../src/commands/smoke/summary.ts";
import { lab } from "../../support/steps.ts";

const passed = (name: string, seconds: number): Part => ({ name, outcome: "passed", seconds, details: [] });
const report = (parts: Part[], more: Partial<Report> = {}): string =>
  markdown({ lab, parts, seconds: 61.4, ...more });

test("the summary of a test that passed is its title, what it was about and one row a part", () => {
  assert.equal(
    report([passed("up", 59.96), passed("down", 1)]),
    `## ✅ labwright smoke: basics

3 machines by docker, Kubernetes 1.36, containerd, calico; 61 s.

| part | result | time |
| --- | --- | ---: |
| up | ✅ passed | 60.0 s |
| down | ✅ passed | 1.0 s |
`,
  );
});

test("the summary of a test that failed has each failure with its remedy, the logs and until when the lab is kept", () => {
  const error = { code: "x", message: "no disk", remedy: "Buy one.", output: "a ``` fence" };
  const text = report(
    [
      { name: "up", outcome: "failed", seconds: 2, details: [], error },
      { name: "verify", outcome: "skipped", seconds: 0, details: ["up was not passed"] },
    ],
    { evidence: "logs", keptUntil: new Date("2026-11-29T20:00:00Z") },
  );
  assert.match(text, /^## ❌ labwright smoke: basics\n/);
  assert.match(text, /\| verify \| ⏭️ skipped \| 0\.0 s \|/);
  assert.match(
    text,
    /\n### up failed\n\n```\nno disk\n```\n\nWhat to do: Buy one\.\n\n````\na ``` fence\n````\n/,
  );
  assert.match(text, /\nLogs and the cluster's state: `logs`\.\n/);
  assert.match(
    text,
    /The lab was kept until 2026-11-29T20:00:00\.000Z: `labwright ssh`, then `labwright down`\.\n$/,
  );
});
