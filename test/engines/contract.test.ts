import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { endpoint, homeOf, namespaceOf, pathOf, startEngine, stopEngine, type TestEngine } from "./engine.ts";
import { short } from "./long.ts";
import { engineReleases } from "./programs.ts";

const root = process.getuid?.() === 0 ? false : "only root can start an engine";

/** Runs the docker provider's contract suite on an engine; the suite prints its own report. */
async function contract(engine: TestEngine): Promise<void> {
  await startEngine(engine);
  try {
    const words = ["netns", "exec", namespaceOf(engine), process.execPath];
    const suite = ["--test", "--test-timeout=1200000", "test/contract/providers-docker.test.ts"];
    const child = spawn("ip", [...words, ...suite], {
      cwd: join(import.meta.dirname, "../.."),
      env: {
        ...process.env,
        NODE_TEST_CONTEXT: undefined,
        PATH: pathOf(engine),
        DOCKER_HOST: endpoint(engine),
        LABWRIGHT_CONTRACT: "all",
        // A suite on another engine has labs of the same names.
        XDG_DATA_HOME: homeOf(engine),
      },
      stdio: ["ignore", "inherit", "inherit"],
    });
    const code = await new Promise((resolve) => child.once("exit", resolve));
    assert.equal(code, 0, `the contract suite on ${engine.name}`);
  } finally {
    await stopEngine(engine);
  }
}

for (const { version, skip, withPrograms, settings } of engineReleases)
  test(`the contract holds on Docker ${version}`, { skip: short || root || skip }, () =>
    withPrograms((programs) =>
      contract({ name: version.split(/[.,]/)[0] ?? version, programs, ...(settings && { settings }) }),
    ),
  );
