import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const main = join(import.meta.dirname, "../../src/main.ts");
const folder = mkdtempSync(join(tmpdir(), "lwtest-interrupt-"));
const file = join(folder, "lab.yaml");
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
    `name: interrupted\nprovider: ssh\nplaybooks: []\nmachines:\n  - { name: a, role: app-server, user: root, host: "127.0.0.1:${port}" }\n`,
  );
});
after(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
  seconds: number;
}

const start = (args: string[]): ChildProcess =>
  spawn(process.execPath, [main, ...args], {
    env: { ...process.env, XDG_DATA_HOME: folder, KUBECONFIG: join(folder, "config"), HOME: folder, CI: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });

/** Runs a command until it waits for the host, and sends it signals then, half a second apart. */
async function interruptedBy(args: string[], signals: NodeJS.Signals[]): Promise<Ended> {
  connections = 0;
  const child = start(args);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (data) => {
      output += data;
    });
  const ended = once(child, "close");
  while (connections === 0 && child.exitCode === null) await sleep(20);
  const sent = Date.now();
  for (const [index, signal] of signals.entries()) {
    if (index > 0) await sleep(500);
    child.kill(signal);
  }
  const [code, signal] = await ended;
  return { code, signal, output, seconds: (Date.now() - sent) / 1000 };
}

const commands = [
  ["up"],
  ["plan"],
  ["verify"],
  ["status"],
  ["ssh", "a"],
  ["ssh-config"],
  ["down"],
  ["up", "--json"],
] as const;

describe("a command that waits for a host", () => {
  for (const words of commands)
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      test(`${words.join(" ")}: ${signal} ends it with 130 and one sentence`, async () => {
        const [command, ...rest] = words;
        const { code, output, seconds } = await interruptedBy([command, "--file", file, ...rest], [signal]);
        assert.equal(code, 130, output);
        assert.match(output, /stopping after the running tasks/);
        assert.match(output, /interrupted/);
        assert.doesNotMatch(output, /defect|stack| {4}at /);
        assert.ok(seconds < 8, `${seconds} s: ${output}`);
      });
});

for (const words of [["up"], ["down"], ["smoke"]])
  test(`${words[0]}: a second Ctrl-C ends it at once`, async () => {
    const [command = ""] = words;
    const { code, output, seconds } = await interruptedBy([command, "--file", file], ["SIGINT", "SIGINT"]);
    assert.equal(code, 130, output);
    assert.ok(seconds < 3, `${seconds} s`);
    if (command === "smoke") assert.match(output, /stopped at once/);
  });

test("npm passes a Ctrl-C on that the terminal has sent already: both are one", async () => {
  connections = 0;
  const child = start(["verify", "--file", file]);
  let output = "";
  child.stderr?.on("data", (data) => {
    output += data;
  });
  const ended = once(child, "close");
  while (connections === 0 && child.exitCode === null) await sleep(20);
  child.kill("SIGINT");
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [130, null]);
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
