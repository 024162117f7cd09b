import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();

test("doctor: exit 0 if the lab's provider is there, whatever others miss, and nothing is changed or written", async () => {
  const { code, output, changes } = await lab.run(["doctor"]);
  assert.equal(code, 0, output);
  assert.match(output, /^ok {7}docker {4}Docker 29\.0 .* on Debian, cgroup v2, overlay2/m);
  assert.match(output, /^MISSING {2}incus /m);
  assert.match(output, /^ok {7}source {4}modules: set in the lab file$/m);
  for (const what of ["cpu", "memory", "disk"]) assert.match(output, new RegExp(`^\\S+ +${what} `, "m"));
  assert.deepEqual([changes, lab.written()], [[], []]);
});

test("doctor: exit 2 for a provider that does not exist", async () => {
  const { code, output } = await lab.run(["doctor", "--provider", "nope"]);
  assert.equal(code, 2, output);
  assert.match(output, /there is no provider "nope"/);
});

test("doctor: exit 1 if the lab's provider is missing, with what installs it", async () => {
  writeFileSync(join(lab.programs, "docker"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const { code, output } = await lab.run(["doctor"], { DOCKER_HOST: "unix:///no/such/socket" });
  assert.equal(code, 1, output);
  assert.match(output, /^MISSING {2}docker .*`labwright doctor --fix` installs and starts one$/m);
  assert.deepEqual(lab.written(), []);
});
