import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { hookPrograms } from "../../src/components/network/calico/manifest.ts";
import { isInCalicoNode } from "../support/calico-node-programs.ts";
import { adaptedRelease, namedContainer, programsOf } from "../support/calico-release.ts";

const node = namedContainer(adaptedRelease("v3.32.1"), "calico-node");
const [shell, flag, script] = node.lifecycle?.postStart?.exec.command ?? [];

/** Felix's health port, which says "not ready" `refusals` times, and how the folder looked at each question. */
async function felix(t: TestContext, folder: string, refusals: number) {
  const seen: string[][] = [];
  const server = createServer(async ({ url }, response) => {
    seen.push(await readdir(folder));
    response.writeHead(url === "/readiness" && seen.length > refusals ? 200 : 503).end();
  }).listen(0, "localhost");
  t.after(() => server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  return { seen, port: (server.address() as AddressInfo).port };
}

/**
 * Runs the hook with an empty PATH. Bash hands each program that it does not find to `command_not_found_handle`, which
 * notes its name and runs it: what is noted is every program that the hook calls by name.
 */
async function runHook(t: TestContext, refusals: number, files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), "labwright-calico-"));
  t.after(() => rm(folder, { recursive: true }));
  const [configuration, empty, called] = ["net.d", "empty", "called"].map((name) => join(folder, name));
  assert.ok(configuration && empty && called && shell && flag && script);
  await Promise.all([mkdir(configuration), mkdir(empty), writeFile(called, "")]);
  for (const [name, text] of Object.entries(files)) await writeFile(join(configuration, name), text);
  const { seen, port } = await felix(t, configuration, refusals);
  const here = script.replaceAll("/host/etc/cni/net.d", configuration).replaceAll("9099", String(port));
  const note = `() { unset -f command_not_found_handle; echo "$1" >>'${called}'; PATH=/usr/bin:/bin; "$@"; }`;
  const env = { PATH: empty, "BASH_FUNC_command_not_found_handle%%": note };
  await execa(shell, [flag, here], { env, extendEnv: false, stdin: "ignore", timeout: 30_000 });
  const programs = (await readFile(called, "utf8")).split("\n").filter((line) => line !== "");
  return { configuration, seen, programs: [...new Set(programs)].sort() };
}

test("the hook runs only programs that Calico's own image has", async (t) => {
  const { programs } = await runHook(t, 1, { "calico-waiting": "{}" });
  assert.deepEqual(programs, hookPrograms, "the programs were noted");
  assert.deepEqual(
    programs.filter((program) => !isInCalicoNode(program)),
    [],
  );
  assert.doesNotMatch(script ?? "", /\bbin\//, "a program that is called by its path would not be noted");
});

test("what the kubelet runs in calico-node's container is in Calico's own image", () => {
  const programs = programsOf(node);
  assert.deepEqual(programs, ["/bin/bash", "/bin/calico-node"]);
  for (const program of programs) assert.ok(isInCalicoNode(program), program);
});

test("the CNI configuration is shown when Felix is ready, and not before", async (t) => {
  const { configuration, seen } = await runHook(t, 2, {
    "calico-waiting": "new",
    "10-calico.conflist": "old",
  });
  const both = ["10-calico.conflist", "calico-waiting"];
  assert.deepEqual(seen, [both, both, both]);
  assert.deepEqual(await readdir(configuration), ["10-calico.conflist"]);
  assert.equal(await readFile(join(configuration, "10-calico.conflist"), "utf8"), "new");
});

test("a hook that runs again leaves the configuration as it is", async (t) => {
  const { configuration } = await runHook(t, 0, { "10-calico.conflist": "shown" });
  assert.equal(await readFile(join(configuration, "10-calico.conflist"), "utf8"), "shown");
});
