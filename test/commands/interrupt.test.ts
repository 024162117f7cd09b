import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Interrupted, type Interruption, interrupt, onLab } from "../support/interrupted.ts";
import { assertStopped, cell, signals } from "../support/interruptions.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
const folder = mkdtempSync(join(tmpdir(), "lwtest-interrupt-"));
const file = join(folder, "lab.yaml");
const environment = { XDG_DATA_HOME: folder, KUBECONFIG: join(folder, "config"), HOME: folder };
after(() => rmSync(folder, { recursive: true, force: true }));

/** A host that takes connections and never says a word: every command waits for it. */
let silent: Server;
let connections = 0;
const sockets = new Set<Socket>();
before(async () => {
  silent = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on("error", () => {}));
  });
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  writeFileSync(
    file,
    `name: interrupted\nprovider: ssh\nplaybooks: []\nmachines:\n  - { name: a, role: control-plane, user: root, host: "127.0.0.1:${port}" }\n`,
  );
});
after(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

/** Runs a command until it waits for the host, and interrupts it then. */
function interruptedBy(words: readonly string[], by: readonly Interruption[]): Promise<Interrupted> {
  connections = 0;
  return interrupt({
    args: onLab(file, words),
    env: environment,
    until: async (over) => {
      while (connections === 0 && !over()) await sleep(20);
    },
    by,
  });
}

const observes = "observes";
const cases: [string[], string][] = [
  [["up"], observes],
  [["plan"], observes],
  [["verify"], observes],
  [["status"], observes],
  [["kubeconfig"], observes],
  [["certs", "status"], observes],
  [["certs", "renew"], observes],
  [["etcd", "save"], observes],
  [["etcd", "status"], observes],
  [["adopt", "--yes"], observes],
  [["ssh-config"], observes],
  [["ssh"], "finds the machine"],
  [["down"], observes],
];

describe("a command that waits for a host", () => {
  for (const [words, phase] of cases)
    for (const by of signals)
      test(cell(words.join(" "), phase, by), async () => {
        const ended = await interruptedBy(words, by);
        assertStopped(ended, by);
        assert.ok(ended.seconds < 8, `${ended.seconds} s: ${ended.output}`);
      });

  test("up --json: the interruption is an event, and the error a line", async () => {
    const { code, output } = await interruptedBy(["up", "--json"], ["SIGINT"]);
    assert.equal(code, 130, output);
    const events = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.ok(events.some(({ event }) => event === "warning"));
    assert.deepEqual([events.at(-1).event, events.at(-1).code], ["error", "interrupted"]);
  });

  for (const command of ["up", "down"])
    test(cell(command, observes, ["SIGINT", "SIGINT"]), async () => {
      const ended = await interruptedBy([command], ["SIGINT", "SIGINT"]);
      assertStopped(ended, ["SIGINT", "SIGINT"]);
    });

  test(cell("smoke", observes, ["SIGINT", "SIGINT"]), async () => {
    const ended = await interruptedBy(["smoke"], ["SIGINT", "SIGINT"]);
    assertStopped(ended, ["SIGINT", "SIGINT"]);
    assert.match(ended.output, /stopped at once/);
  });
});

test("npm passes a Ctrl-C on that the terminal has sent already: both are one", async () => {
  connections = 0;
  const { code, output } = await interrupt({
    args: onLab(file, ["verify"]),
    env: environment,
    until: async (over) => {
      while (connections === 0 && !over()) await sleep(20);
    },
    by: ["SIGINT", "SIGTERM"],
    pause: 0,
  });
  assert.equal(code, 130, output);
  assert.doesNotMatch(output, /stopped at once/);
});

test("a reader that goes away does not change how a command ends", async () => {
  const shell = (line: string) => {
    const child = spawn("bash", ["-c", line], {
      env: { ...process.env, XDG_DATA_HOME: folder, CI: "1", NODE: process.execPath, MAIN: main, LAB: file },
    });
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    return once(child, "close").then(() => output.trim());
  };
  assert.equal(await shell('"$NODE" "$MAIN" schema 2>&1 | true; echo "${PIPESTATUS[0]}"'), "0");
  assert.equal(await shell('"$NODE" "$MAIN" plan -f nowhere.yaml 2>&1 | true; echo "${PIPESTATUS[0]}"'), "2");
  assert.equal(await shell('"$NODE" "$MAIN" verify -f "$LAB" 2>&1 | true; echo "${PIPESTATUS[0]}"'), "1");
});
