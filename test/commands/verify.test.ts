import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();

test("verify of a lab that is not there: exit 1 with the number of checks, a report, and nothing else is written", async () => {
  const junit = join(lab.folder, "junit.xml");
  const { code, output, changes } = await lab.run(["verify", "--junit", junit]);
  assert.equal(code, 1, output);
  assert.match(output, /cp does not exist, and will be created/);
  assert.match(output, /\n3 checks are not ok\.\n$/);
  assert.match(readFileSync(junit, "utf8"), /<testsuites[^>]* name="test"[\s\S]*host-names/);
  assert.deepEqual([changes, lab.written()], [[], []]);
});

test("verify --json: events, and no sentence", async () => {
  const { code, output } = await lab.run(["verify", "--json"]);
  assert.equal(code, 1, output);
  for (const line of output.trim().split("\n")) assert.equal(typeof JSON.parse(line).event, "string", line);
});

test("verify of a lab without a check: exit 0", async () => {
  const bare = dockerLab({ machine: "{ name: hop, role: jump-host, user: thor, sudo: none }" });
  const { code, output } = await bare.run(["verify"]);
  assert.equal(code, 0, output);
  assert.match(output, /Verified: every check is ok\.\n$/);
});
