import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type TestLab, testLab } from "./support.ts";

/**
 * Each command is interrupted where it is in the middle: a `docker` in front of PATH holds the phase open until the signal has
 * been sent. A lab of machines without a cluster is enough for that, and takes seconds.
 */
const main = join(import.meta.dirname, "../../src/main.ts");
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

type Signal = NodeJS.Signals | "pipe";

interface Interrupted {
  code: number | null;
  output: string;
}

/** Runs a command until it does what \`hold\` matches; then sends the signals, or closes its output. */
async function run(words: string[], hold: string, signals: readonly Signal[]): Promise<Interrupted> {
  const held = join(folder, "held");
  await rm(held, { force: true });
  const child = spawn(process.execPath, [main, ...words, "--file", lab.file], {
    env: {
      ...process.env,
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      KUBECONFIG: lab.kubeconfig,
      CI: "1",
      HOLD: hold,
      HELD: held,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      output += data;
    });
  const ended = once(child, "close");
  while (child.exitCode === null && !(await readFile(held).catch(() => undefined))) await sleep(50);
  for (const [index, signal] of signals.entries()) {
    if (index > 0) await sleep(600);
    if (signal === "pipe") for (const stream of [child.stdout, child.stderr]) stream.destroy();
    else child.kill(signal);
  }
  const [code] = await ended;
  return { code, output };
}

const names = async (): Promise<string[]> =>
  (await lab.leftovers()).map((name) => name.replace(/^.*\./, "")).sort();

const alone = [["SIGINT"], ["SIGTERM"], ["SIGHUP"]] as const;
const twice = ["SIGINT", "SIGINT"] as const;

/** Command, phase, and what the held `docker` is asked; `gone` if nothing is left. */
const cells = [
  { words: ["up"], phase: "looks", hold: "^ps " },
  { words: ["up"], phase: "creates machines", hold: "^create " },
  { words: ["up"], phase: "starts machines", hold: "^start " },
  { words: ["plan"], phase: "looks", hold: "^ps " },
  { words: ["verify"], phase: "looks", hold: "^ps " },
  { words: ["status"], phase: "looks", hold: "^ps " },
  { words: ["smoke"], phase: "creates machines", hold: "^create ", gone: true },
] as const;

describe("interrupting each command in each phase", { timeout: 1_200_000 }, () => {
  for (const { words, phase, hold, ...cell } of cells)
    for (const signals of alone)
      test(`${words.join(" ")}, while it ${phase}: ${signals}`, async () => {
        const { code, output } = await run([...words], hold, signals);
        assert.equal(code, 130, output);
        assert.match(output, /stopping after the running tasks/);
        assert.doesNotMatch(output, /defect/);
        if ("gone" in cell) assert.deepEqual(await names(), []);
        else assert.match(output, /interrupted/);
      });

  test("up, while it creates machines: twice stops at once, and the next up goes on", async () => {
    await lab.labwright(["down"]);
    const { code, output } = await run(["up"], "^create ", twice);
    assert.equal(code, 130, output);
    assert.match(output, /stopped at once/);
    const again = await lab.labwright(["up"]);
    assert.equal(again.code, 0, again.output);
    assert.equal((await lab.labwright(["plan"])).code, 0);
  });

  for (const [hold, words] of [
    ["^ps ", "down"],
    ["^ps ", "up"],
    ["^ps ", "plan"],
  ] as const)
    test(`${words}, while it looks: nobody reads the output any more`, async () => {
      await lab.labwright(["up"]);
      const { code } = await run([words], hold, ["pipe"]);
      assert.equal(code, 0);
      if (words === "down") assert.deepEqual(await names(), []);
    });

  for (const signals of alone)
    test(`down, before the machines are removed: ${signals} leaves them`, async () => {
      await lab.labwright(["up"]);
      const { code, output } = await run(["down"], "^ps ", signals);
      assert.equal(code, 130, output);
      assert.match(output, /nothing was changed/);
      assert.match(output, /Run `labwright down` again/);
      assert.deepEqual(
        (await names()).filter((name) => name.length === 1),
        ["a", "b"],
      );
      assert.equal((await lab.labwright(["plan"])).code, 0);
    });

  test("down, while machines are removed: it says what is gone, with 130", async () => {
    await lab.labwright(["up"]);
    const { code, output } = await run(["down"], "^rm ", ["SIGINT"]);
    assert.equal(code, 130, output);
    assert.equal((await lab.labwright(["down"])).code, 0);
    assert.deepEqual(await names(), []);
  });
});
