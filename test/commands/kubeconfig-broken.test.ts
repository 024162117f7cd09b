import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { startRun } from "../../src/activity/tree.ts";
import { lazily } from "../../src/artifacts/lazy.ts";
import { takeAway } from "../../src/commands/down.ts";
import { graphOf } from "../../src/engine/graph.ts";
import { interrupted } from "../../src/interruption.ts";
import { addContext } from "../../src/kubeconfig/context.ts";
import type { Provider } from "../../src/providers/types.ts";
import { makeLab } from "../../src/session/make-lab.ts";
import type { Session } from "../../src/session/session.ts";
import { lab as context, kubectlStyle } from "../kubeconfig/samples.ts";
import { checked, lab, said, stepOf } from "../support/steps.ts";

const folder = mkdtempSync(join(tmpdir(), "lwtest-down-"));
const kubeconfig = join(folder, "config");
process.env.XDG_DATA_HOME = folder;
after(() => rmSync(folder, { recursive: true, force: true }));

let created = 0;
let destroyed = 0;
beforeEach(() => {
  created = 0;
  destroyed = 0;
  process.env.KUBECONFIG = kubeconfig;
});

async function sessionOf(signal: AbortSignal): Promise<Session> {
  const provider: Partial<Provider> = {
    list: async () => [],
    create: async () => {
      created += 1;
    },
    destroy: async () => {
      destroyed += 1;
      return ["container a"];
    },
  };
  const step = await stepOf("user-kubeconfig");
  const play = {
    name: "this computer",
    on: ["localhost"],
    after: [],
    tasks: [{ title: "user-kubeconfig", step }],
  };
  return {
    ...{ lab, graph: graphOf(lab, [play]), provider, signal },
    artifacts: lazily(() => Promise.reject(new Error("no artifacts"))),
  } as unknown as Session;
}

/** A lab whose only trace on this computer is its context, and whose machines are a counter. */
async function downOf(signal = new AbortController().signal): Promise<string[]> {
  const session = await sessionOf(signal);
  return (await startRun("down", [], (activity) => takeAway(session, activity))).removed;
}

test("a kubeconfig that cannot be changed does not keep the machines from going, and is reported", async () => {
  const broken = `${addContext(kubectlStyle, context())}users: [\n`;
  writeFileSync(kubeconfig, broken);
  await assert.rejects(downOf(), /config:/);
  assert.equal(destroyed, 1);
  assert.equal(await readFile(kubeconfig, "utf8"), broken);
});

test("a broken kubeconfig that has nothing of the lab is nobody's business", async () => {
  writeFileSync(kubeconfig, "users: [");
  assert.deepEqual(await downOf(), ["container a"]);
  assert.equal(destroyed, 1);
});

test("KUBECONFIG may name a device, or a place that cannot be made: nothing of the lab can be there", async () => {
  for (const path of ["/dev/null", "/sys/nope/config"]) {
    process.env.KUBECONFIG = path;
    assert.deepEqual(await downOf(), ["container a"]);
  }
  assert.equal(destroyed, 2);
  assert.ok((await lstat("/dev/null")).isCharacterDevice());
});

test("an interruption leaves what has not been removed yet", async () => {
  writeFileSync(kubeconfig, addContext(kubectlStyle, context()));
  const stop = new AbortController();
  stop.abort(interrupted());
  await assert.rejects(downOf(stop.signal), { code: "interrupted", exit: 130 });
  assert.equal(destroyed, 0);
});

test("what keeps `up` from entering the context is known before the first machine is made", async () => {
  const session = await sessionOf(new AbortController().signal);
  for (const [path, text, code] of [
    ["/dev/null", undefined, "kubeconfig-no-file"],
    ["/sys/nope/config", undefined, "kubeconfig-write"],
    [kubeconfig, "users: [", "yaml"],
  ] as const) {
    process.env.KUBECONFIG = path;
    if (text !== undefined) writeFileSync(path, text);
    await assert.rejects(
      startRun("up", [], (activity) => makeLab(session, activity)),
      (error: Error & { code?: string }) => error.code === code || code === "yaml",
    );
  }
  assert.equal(created, 0);
  assert.ok((await lstat("/dev/null")).isCharacterDevice());
});

test("a check says what is wrong with a broken kubeconfig", async () => {
  assert.match(
    String(await checked("user-kubeconfig", {}, { mine: said("users: ["), admin: said("") })),
    /config:1/,
  );
});
