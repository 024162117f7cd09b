import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import type { Channel, Ending } from "../../src/hosts/channel.ts";
import { execute, type Place } from "../../src/hosts/execute.ts";
import { bootstrap } from "../../src/hosts/program.ts";
import { sh } from "../../src/hosts/sh.ts";

const folder = mkdtempSync(join(tmpdir(), "lwtest-execute-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Promise<Channel> => opened(bootstrap);

async function opened(line: string): Promise<Channel> {
  const child = spawn("sh", ["-c", line], { detached: true });
  const ended = new Promise<Ending>((resolve) =>
    child.on("close", (code) => resolve(code === null ? {} : { code })),
  );
  child.stdin.on("error", () => {});
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    // With all that the line has started.
    close: () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    },
  };
}

const place: Place = {
  name: "cp",
  open,
  explainStart: (noise) => new LabwrightError({ code: "shell-failed", message: noise, remedy: "" }),
};

const piece = Buffer.alloc(64 * 1024, "x");
async function* pieces(count: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i++) yield piece;
}

/** Reads as many pieces, with a pause after each: a line that is slower than we are. */
const slowly = (file: string, count: number, pause: number) =>
  sh`for i in $(seq ${count}); do dd bs=65536 count=1 iflag=fullblock status=none >>${file} || exit 1; sleep ${pause}; done`;

test("a transfer that moves may take longer than the limit of silence", async () => {
  const file = join(folder, "slow");
  const job = { script: sh`wc -c <${file}`, receive: slowly(file, 12, 0.2), input: pieces(12) };
  const begun = Date.now();
  const { stdout } = await execute(place, job, { silence: 1200 });
  assert.equal(stdout.trim(), String(12 * piece.length));
  assert.ok(Date.now() - begun > 2000);
});

test("a transfer that stands still is ended", async () => {
  const file = join(folder, "stuck");
  const job = { script: sh`true`, receive: slowly(file, 12, 3), input: pieces(12) };
  await assert.rejects(execute(place, job, { silence: 700 }), { code: "command-timeout" });
});

test("a login shell that prints for ever, or goes on and on without a command, is given up with its words", async () => {
  for (const [line, words] of [
    ["yes", /y\ny\nendless output$/],
    ["while sleep 0.1; do echo wait; done", /wait\nnothing within 1 s$/],
    ["sleep 100", /^nothing within 1 s$/],
  ] as const) {
    const shell: Place = { ...place, open: () => opened(`exec sh -c '${line}'`), startPatience: 1000 };
    const begun = Date.now();
    await assert.rejects(execute(shell, { script: sh`true` }, {}), { code: "shell-failed", message: words });
    assert.ok(Date.now() - begun < 10_000);
  }
});

test("a command without a time limit is ended after ten minutes in which nothing moved", async (t) => {
  const begun = Promise.withResolvers<void>();
  const onLine = () => begun.resolve();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const running = execute(place, { script: sh`echo begun; sleep 1000` }, { onLine });
  const ended = assert.rejects(running, {
    code: "command-timeout",
    message: "cp: `echo begun; sleep 1000` printed and read nothing for 600 s and was stopped",
  });
  await begun.promise;
  await new Promise(setImmediate);
  t.mock.timers.tick(600_001);
  await ended;
});
