import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const skip = process.getuid?.() !== 0 && "only root can start an engine";
const lab = dockerLab();
const file = (...names: string[]) => join(lab.programs, ...names);
const script = (name: string, text: string) =>
  writeFileSync(file(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

// The engine answers once its daemon has been started; the computer has not been started again since.
renameSync(file("docker"), file("docker-client"));
script("docker", `[ -e "$(dirname "$0")/started" ] && exec "$(dirname "$0")/docker-client" "$@"; exit 1`);
script("dockerd", `echo "$@" >"$(dirname "$0")/started"`);
// For this test a daemon runs: bridges of this computer are none of its business.
script("pgrep", "exit 0");

const engine = join(lab.data, "labwright", "engine");
const pidFile = join(engine, "docker.pid");
const hasStarted = () => existsSync(file("started"));

test("if its engine has never run, labwright starts none to take a lab away", { skip }, async () => {
  const { code, output } = await lab.run(["down"]);
  assert.equal(code, 1, output);
  assert.match(output, /no Docker engine is running/);
  assert.equal(hasStarted(), false);
});

test("after a restart of the computer, a command that changes nothing does not start the engine", {
  skip,
}, async () => {
  mkdirSync(join(engine), { recursive: true });
  writeFileSync(join(engine, "daemon.json"), "{}");
  for (const command of ["status", "plan"]) {
    const { code, output } = await lab.run([command]);
    assert.equal(code, 1, output);
    assert.match(output, /no Docker engine is running/);
  }
  assert.equal(hasStarted(), false);
});

test("nor does one whose DOCKER_HOST names another engine", { skip }, async () => {
  const { code } = await lab.run(["down"], { DOCKER_HOST: "unix:///nowhere" });
  assert.equal(code, 1);
  assert.equal(hasStarted(), false);
});

test("a command that works on machines starts it, and says so; a process number of before is forgotten", {
  skip,
}, async () => {
  writeFileSync(pidFile, "1");
  const { code, output } = await lab.run(["down"]);
  assert.equal(code, 0, output);
  assert.match(output, /labwright's own Docker engine does not run, and is started again/);
  assert.match(readFileSync(file("started"), "utf8"), /--config-file .*daemon\.json/);
  assert.equal(existsSync(pidFile), false);
  const settings = JSON.parse(readFileSync(join(engine, "daemon.json"), "utf8"));
  assert.match(settings["exec-root"], /^\/run\/labwright-[0-9a-f]{8}$/);
});
