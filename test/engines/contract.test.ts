import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { access, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cacheFolder } from "../../src/paths.ts";
import { debianRelease, noDebian, unpack } from "./debian-release.ts";
import { endpoint, homeOf, namespaceOf, pathOf, startEngine, stopEngine, type TestEngine } from "./engine.ts";
import { short } from "./long.ts";

const root = process.getuid?.() === 0 ? false : "only root can start an engine";
const skip = short || noDebian || root;

/** The docker provider's contract suite on an engine; its own report is printed. */
async function contract(engine: TestEngine): Promise<void> {
  await startEngine(engine);
  try {
    const child = spawn(
      "ip",
      [
        "netns",
        "exec",
        namespaceOf(engine),
        process.execPath,
        "--test",
        "--test-timeout=1200000",
        "test/contract/providers-docker.test.ts",
      ],
      {
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
      },
    );
    const code = await new Promise((resolve) => child.once("exit", resolve));
    assert.equal(code, 0, `the contract suite on ${engine.name}`);
  } finally {
    await stopEngine(engine);
  }
}

/** Its programs ask for no newer C library than Debian 12 has, apart from runc, which is this computer's. */
test("the contract holds on Docker 26.1, as Debian 13 has it", { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "labwright-docker-26-"));
  try {
    const trixie = await debianRelease("trixie", folder);
    await trixie.apt("--yes", "--download-only", "install", "docker.io", "docker-cli");
    const files = join(folder, "files");
    await unpack(trixie, ["docker.io", "docker-cli", "containerd"], files);
    const programs = join(folder, "programs");
    for (const from of ["usr/sbin", "usr/bin"])
      await cp(join(files, from), programs, { recursive: true, dereference: true });
    await contract({ name: "26", programs });
  } finally {
    await rm(folder, { recursive: true });
  }
});

const compiled = join(cacheFolder(), "tests", "docker-29");
const notCompiled = await access(join(compiled, "runc")).then(
  () => false,
  () => `\`test/engines/moby/compile ${compiled}\` has not been run`,
);

test("the contract holds on Docker 29, as it is compiled from its modules", {
  skip: skip || notCompiled,
}, async () => {
  // The runc that is compiled for it has no libseccomp.
  await contract({ name: "29", programs: compiled, settings: { "seccomp-profile": "unconfined" } });
});
