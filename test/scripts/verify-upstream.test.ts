import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Check, isDifferent, type Result, runChecks } from "../../scripts/verify-upstream/check.ts";
import { checks } from "../../scripts/verify-upstream/checks.ts";
import { asJson, asMarkdown, asText } from "../../scripts/verify-upstream/report.ts";
import { fieldsOf } from "../../scripts/verify-upstream/tools.ts";
import { openUpstream } from "../../scripts/verify-upstream/upstream.ts";
import { asking } from "../../src/artifacts/upstream/reachable.ts";
import { updating } from "../../src/artifacts/upstream/repository.ts";
import { persistence } from "../../src/http/download.ts";
import { changes } from "./upstream-changes.ts";
import { type Imitation, minor, startImitation } from "./upstream-imitation.ts";

let imitation: Imitation;
const folder = mkdtempSync(join(tmpdir(), "labwright-verify-test-"));
const usual = { patience: asking.patience, environment: { ...process.env } };

before(async () => {
  process.env.XDG_CACHE_HOME = folder;
  persistence.pause = 5;
  updating.pause = 5;
  imitation = await startImitation();
});
after(async () => {
  await imitation?.internet.close();
  process.env = usual.environment;
  rmSync(folder, { recursive: true, force: true });
});

async function look(wanted: readonly Check[]): Promise<Result[]> {
  const { places, run } = imitation;
  const upstream = await openUpstream({ minor, places, run, environment: {} });
  try {
    return await runChecks(wanted, upstream);
  } finally {
    await upstream.close();
  }
}

/** Everything in the imitation that a change may touch; returns what puts it back. */
function backUp({ internet, kubernetes, docker, manifests, store, others, answers }: Imitation): () => void {
  const maps: Map<string, unknown>[] = [kubernetes, docker, manifests, store.tags, ...Object.values(others)];
  const copies = maps.map((map) => [...map]);
  const said = { ...answers };
  return () => {
    for (const [at, map] of maps.entries()) {
      map.clear();
      for (const [key, value] of copies[at] ?? []) map.set(key, value);
    }
    Object.assign(answers, said);
    internet.rules.length = 0;
    asking.patience = usual.patience;
  };
}

test("nothing differs where everything is as assumed", async () => {
  const results = await look(checks);
  const others = results.flatMap(({ findings }) => findings.filter(({ status }) => status !== "same"));
  assert.deepEqual(others, [{ status: "skipped", text: "HCLOUD_TOKEN is not set" }]);
  assert.ok(
    results.every(({ findings }) => findings.length > 0),
    "each check looked at something",
  );
  assert.equal(isDifferent(results), false);
  assert.match(asMarkdown(results), /Everything is as labwright assumes/);
});

for (const { name, make, check, status, text, change } of changes) {
  test(`found: ${name}`, async () => {
    const restore = backUp(imitation);
    try {
      await make(imitation);
      const results = await look([check]);
      const findings = results.flatMap((result) => result.findings);
      const found = findings.find((one) => one.status === status && text.test(one.text));
      assert.ok(
        found,
        JSON.stringify(
          findings.filter((one) => one.status !== "same"),
          null,
          1,
        ),
      );
      assert.match(found.change ?? "", change);
      assert.equal(
        isDifferent(results),
        findings.some((one) => one.status === "differs"),
      );
      for (const report of [asText(results), asJson(results), asMarkdown(results)])
        assert.ok(report.includes(check.name));
    } finally {
      restore();
    }
  });
}

test("Hetzner's fields: one that no server type has is named", () => {
  const whole = {
    name: "cx23",
    prices: [{ location: "fsn1", price_hourly: { gross: "0.01" } }],
    locations: [{ name: "fsn1", available: true }],
  };
  assert.deepEqual(
    fieldsOf([whole]).map(({ status }) => status),
    ["same"],
  );
  const [missing] = fieldsOf([{ ...whole, locations: [{ name: "fsn1" }] }]);
  assert.equal(missing?.text, "no server type has locations[].available");
  assert.match(missing?.change ?? "", /catalogue\.ts:\d+ /);
});
