import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { before, describe, test } from "node:test";
import { makeUser, noSshd, suiteSshd } from "./hosts-sshd.ts";

const script = "/usr/bin/script";
const child = join(import.meta.dirname, "hosts-terminal-child.ts");

describe("a terminal on a machine", { skip: noSshd }, () => {
  const sshd = suiteSshd();
  let accessFile: string;
  before(async () => {
    accessFile = join(sshd().folder, "access.json");
    writeFileSync(accessFile, JSON.stringify(sshd().access(makeUser(sshd(), "term"))), { mode: 0o600 });
  });

  async function run(program: string, args: string[], input: string) {
    const running = spawn(program, args, { stdio: "pipe", env: { ...process.env, TERM: "xterm-color" } });
    const exited = new Promise<number | null>((resolve) => running.once("close", resolve));
    running.stdin.end(input);
    const [stdout, stderr, code] = await Promise.all([text(running.stdout), text(running.stderr), exited]);
    return { stdout, stderr, code };
  }

  test("without one on our side, a command has our streams and no terminal", async () => {
    const args = [child, accessFile, "cat; echo err >&2; tty; exit 7"];
    assert.deepEqual(await run(process.execPath, args, "from here\n"), {
      stdout: "from here\nnot a tty\n",
      stderr: "err\n",
      code: 7,
    });
  });

  test("a command ended by a signal has 128 + its number", async () => {
    assert.equal((await run(process.execPath, [child, accessFile, "kill -9 $$"], "")).code, 137);
  });

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)
    test(`the first ${signal} reaches the command, whose exit code is ours`, async () => {
      const command = `trap 'echo got; exit ${code}' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`;
      const running = spawn(process.execPath, [child, accessFile, command], { stdio: "pipe" });
      const exited = new Promise<number | null>((resolve) => running.once("close", resolve));
      let seen = "";
      running.stdout.on("data", (data) => {
        seen += data;
        if (seen === "ready\n") running.kill(signal);
      });
      assert.equal(await exited, code);
      assert.match(seen, /got/);
    });

  test("a command whose output nobody reads any more ends", async () => {
    const command = `"${process.execPath}" "${child}" "${accessFile}" yes | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = await run("bash", ["-c", command], "");
    assert.equal(stdout, "y\n141\n");
  });

  test("a command that ignores SIGTERM does not keep the session open", async () => {
    const command = "trap '' TERM; echo ready; exec sleep 20.0625";
    const running = spawn(process.execPath, [child, accessFile, command], { stdio: "pipe" });
    const exited = new Promise<number | null>((resolve) => running.once("close", resolve));
    running.stdout.once("data", () => running.kill("SIGTERM"));
    assert.equal(await exited, 143);
  });

  test("with one on our side, the shell has one of our kind", {
    skip: existsSync(script) ? false : "no script(1)",
  }, async () => {
    const command = `stty rows 33 cols 99; '${process.execPath}' '${child}' '${accessFile}'`;
    const { stdout, code } = await run(
      script,
      ["-qec", command, "/dev/null"],
      "tty; stty size; echo $TERM; exit 5\n",
    );
    assert.match(stdout, /\/dev\/pts\/\d+\r/);
    assert.match(stdout, /^33 99\r/m);
    assert.match(stdout, /^xterm-color\r/m);
    assert.equal(code, 5);
  });
});
