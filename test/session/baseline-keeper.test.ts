import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { startRun } from "../../src/activity/tree.ts";
import { baselineFolder, decidedBy, readBaseline, writeBaseline } from "../../src/baseline/baseline.ts";
import type { Lab } from "../../src/lab/types.ts";
import { baselineKeeper, type KeeperOptions } from "../../src/session/baseline-keeper.ts";
import type { ConnectedInventory } from "../../src/session/inventory.ts";
import type { Session } from "../../src/session/session.ts";

const known = process.env.XDG_DATA_HOME;
const folder = mkdtempSync(join(tmpdir(), "lwtest-keeper-"));
process.env.XDG_DATA_HOME = folder;
after(() => {
  if (known === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = known;
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => rmSync(baselineFolder("test"), { recursive: true, force: true }));

const lab = {
  ...{ name: "test", provider: "docker", cluster: { version: "1.36" }, playbooks: [] },
  machines: [{ name: "box", user: "root", sudo: "none" }],
} as unknown as Lab;

/** A machine whose only file, /root/a, has a mode. */
function session({ mode = "644", found = ["box"], stays = false } = {}) {
  const files = () => `/root/a\0f ${mode} root:root \0`;
  const run = async (command: { reveal(): string }) => {
    const marks = [...command.reveal().matchAll(/printf '%s %s %s\\n' (\S+) (\d+) "\$\?"/g)];
    const parts = command.reveal().split(/printf '%s %s %s\\n' \S+ \d+ "\$\?"/);
    const stdout = marks.map(
      ([, nonce, index], at) => `${/find -P/.test(parts[at] ?? "") ? files() : ""}${nonce} ${index} 0\n`,
    );
    return { code: 0, stdout: stdout.join(""), stderr: "" };
  };
  const host = { name: "box", run };
  const inventory = {
    ...{ lab, signal: new AbortController().signal, absent: new Map(), host: async () => host },
    found: found.map((name) => ({ name, running: true })),
  } as unknown as ConnectedInventory;
  const of = {
    lab,
    provider: stays ? { machinesStay: true } : {},
    signal: inventory.signal,
  } as unknown as Session;
  return { of, inventory };
}

const key = "box\tfile\t/root/a";
const value = (mode: string) => `f ${mode} root:root`;
const write = (mode: string, more: object = {}) =>
  writeBaseline("test", {
    recorded: "",
    decided: decidedBy(lab),
    recording: { [key]: value(mode) },
    ...more,
  });

/** What the baseline has after a run that found one mode and left another. */
async function kept(before: Parameters<typeof session>[0], mode: string, options?: KeeperOptions) {
  const { of, inventory } = session(before);
  const keep = await baselineKeeper(of, inventory, options);
  if (!keep) return undefined;
  await startRun("up", [], (activity) => keep(session({ mode }).inventory, activity));
  const baseline = await readBaseline("test");
  assert.equal(baseline?.before, undefined);
  return baseline?.recording[key];
}

test("a new lab gets its first baseline; existing hosts have none", async () => {
  assert.equal(await kept({ found: [] }, "600"), value("600"));
  assert.equal(await kept({ stays: true }, "600"), undefined);
});

test("a lab that has no baseline keeps none: what somebody has done to it must not become its first", async () => {
  assert.equal(await kept({ mode: "666" }, "666"), undefined);
  assert.equal(await readBaseline("test"), undefined);
});

test("a first run that was cut short is gone on with, and all is new", async () => {
  const { of, inventory } = session({ found: [] });
  await baselineKeeper(of, inventory);
  assert.equal(await kept({ mode: "600" }, "600"), value("600"));
});

test("a run that only repairs leaves the baseline alone", async () => {
  await write("644");
  assert.equal(await kept({ mode: "666" }, "644"), undefined);
});

test("what a changing run finds and leaves is somebody else's; what it changes enters the baseline", async () => {
  await write("644");
  assert.equal(await kept({ mode: "666" }, "666", { changes: true }), value("644"));
  assert.equal(await kept({ mode: "666" }, "600", { changes: true }), value("600"));
  await write("644", { decided: "another lab file" });
  assert.equal(await kept({ mode: "644" }, "640"), value("640"));
});

test("a run that was cut short is gone on with: what it had changed is not somebody else's", async () => {
  await write("644", { decided: "another lab file" });
  const { of, inventory } = session({ mode: "644" });
  await baselineKeeper(of, inventory);
  assert.deepEqual((await readBaseline("test"))?.before?.recording, { [key]: value("644") });
  // It had changed the mode already, and the next run changes nothing more.
  assert.equal(await kept({ mode: "640" }, "640"), value("640"));
});

test("a machine that is created again is new, and so is all on it", async () => {
  await write("644");
  assert.equal(await kept({ mode: "644" }, "600", { recreate: ["box"] }), value("600"));
});
