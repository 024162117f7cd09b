import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Interrupted, type Interruption, interrupt, onLab } from "../support/interrupted.ts";
import { assertStopped, cell, signals } from "../support/interruptions.ts";
import { type TestLab, testLab } from "./support.ts";

/**
 * Each command is interrupted where it is in the middle: a `docker` in front of PATH holds the phase open until the signal has
 * been sent. A lab of machines without a cluster is enough for that, and takes seconds.
 */
let lab: TestLab;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-matrix-"));
  lab = await testLab(
    "local-matrix",
    "playbooks: []\nmachines:\n  - { name: a, role: app-server }\n  - { name: b, role: app-server }\n",
  );
  await mkdir(join(folder, "bin"));
  await writeFile(
    join(folder, "bin", "docker"),
    `#!/bin/sh
PATH=\${PATH#${folder}/bin:}
if [ -n "$HOLD" ] && [ ! -e "$HELD" ] && echo "$*" | grep -q -- "$HOLD"; then
  echo held >"$HELD"
  sleep 2
fi
exec docker "$@"
`,
  );
  await chmod(join(folder, "bin", "docker"), 0o755);
});
after(async () => {
  await lab?.labwright(["down"]);
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command until it does what `hold` matches, and interrupts it then. */
async function run(words: string[], hold: string, by: readonly Interruption[]): Promise<Interrupted> {
  const held = join(folder, "held");
  await rm(held, { force: true });
  return interrupt({
    args: onLab(lab.file, words),
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      KUBECONFIG: lab.kubeconfig,
      HOLD: hold,
      HELD: held,
    },
    until: async (over) => {
      while (!over() && !(await readFile(held).catch(() => undefined))) await sleep(50);
    },
    by,
  });
}

const names = async (): Promise<string[]> =>
  (await lab.leftovers()).map((name) => name.replace(/^.*\./, "")).sort();
const machines = async (): Promise<string[]> => (await names()).filter((name) => name.length === 1);

/** Command, phase, and what the held `docker` is asked; `gone` if nothing is left. */
const cells = [
  { command: "up", phase: "observes", hold: "^ps " },
  { command: "up", phase: "creates machines", hold: "^create " },
  { command: "up", phase: "starts machines", hold: "^start " },
  { command: "plan", phase: "observes", hold: "^ps " },
  { command: "verify", phase: "observes", hold: "^ps " },
  { command: "status", phase: "observes", hold: "^ps " },
  { command: "smoke", phase: "creates machines", hold: "^create ", gone: true },
] as const;

describe("interrupting each command in each phase", { timeout: 1_200_000 }, () => {
  for (const { command, phase, hold, ...more } of cells)
    for (const by of signals)
      test(cell(command, phase, by), async () => {
        if (phase !== "observes") await lab.labwright(["down"]);
        assertStopped(await run([command], hold, by), by);
        if ("gone" in more) assert.deepEqual(await names(), []);
      });

  test(cell("up", "creates machines", ["SIGINT", "SIGINT"]), async () => {
    await lab.labwright(["down"]);
    const { code, output } = await run(["up"], "^create ", ["SIGINT", "SIGINT"]);
    assert.equal(code, 130, output);
    assert.match(output, /stopped at once/);
    const again = await lab.labwright(["up"]);
    assert.equal(again.code, 0, again.output);
    assert.equal((await lab.labwright(["plan"])).code, 0);
  });

  for (const command of ["down", "up", "plan"])
    test(cell(command, "observes", ["pipe"]), async () => {
      await lab.labwright(["up"]);
      const { code } = await run([command], "^ps ", ["pipe"]);
      assert.equal(code, 0);
      if (command === "down") assert.deepEqual(await names(), []);
    });

  for (const by of signals)
    test(cell("down", "observes", by), async () => {
      await lab.labwright(["up"]);
      const ended = await run(["down"], "^ps ", by);
      assertStopped(ended, by);
      assert.match(ended.output, /nothing was changed/);
      assert.match(ended.output, /Run `labwright down` again/);
      assert.deepEqual(await machines(), ["a", "b"]);
      assert.equal((await lab.labwright(["plan"])).code, 0);
    });

  test(cell("down", "removes machines or marks", ["SIGINT"]), async () => {
    await lab.labwright(["up"]);
    const ended = await run(["down"], "^rm ", ["SIGINT"]);
    assertStopped(ended, ["SIGINT"]);
    const container = (name: string) => `remove container labwright-${lab.name}.${name}`;
    const [left = ""] = await machines();
    const gone = left === "a" ? "b" : "a";
    assert.ok(
      ended.output.includes(`done: ${container(gone)}; not begun: ${container(left)}, remove network`),
    );
    assert.deepEqual(await machines(), [left]);
    assert.equal((await lab.labwright(["down"])).code, 0);
    assert.deepEqual(await names(), []);
  });
});
