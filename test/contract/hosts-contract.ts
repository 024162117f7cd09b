import assert from "node:assert/strict";
import { fork } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { runAll } from "../../src/hosts/batch.ts";
import { Secret, sh } from "../../src/hosts/sh.ts";
import type { Access, Host } from "../../src/hosts/types.ts";
import { processesWith, uniqueSeconds, until } from "./hosts-processes.ts";

export interface Candidate {
  host: Host;
  /** Absent: this machine. */
  access?: Access;
  /** What files belong to where nothing is said, as `uid:gid`. */
  owner: string;
}

const awkward = [
  "it's",
  'a "b"',
  "$(touch /tmp/lwtest-evil)",
  "`id`",
  "two\nlines\n",
  "\\",
  "",
  " ",
  "-n",
  "é漢🙂",
  "a;b|c>d*?~#!",
];

/** What every host does the same way. The machine is this one, so that the tests can look at it from outside. */
export function hostContract(title: string, skip: string | false, open: () => Promise<Candidate>): void {
  describe(title, { skip }, () => {
    let candidate: Candidate;
    let host: Host;
    let folder: string;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "lwtest-files-"));
      candidate = await open();
      host = candidate.host;
    });
    after(async () => {
      await host?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test("gives both outputs and the code, and throws for a code that is not accepted", async () => {
      const command = sh`printf out; printf err >&2; exit 3`;
      assert.deepEqual(await host.run(command, { accept: [3] }), { code: 3, stdout: "out", stderr: "err" });
      assert.equal((await host.run(command, { accept: "any" })).code, 3);
      await assert.rejects(
        host.run(sh`echo out; echo the reason >&2; echo ${new Secret("hush hush")}; false`),
        (error) => {
          assert.ok(error instanceof Error && "code" in error && "output" in error);
          assert.equal(error.code, "command-failed");
          assert.ok(error.message.startsWith(`${host.name}: \`echo out;`), error.message);
          assert.match(error.message, /code 1$/);
          assert.equal(error.output, "the reason\nout\n***");
          assert.ok(!JSON.stringify([error, error.message]).includes("hush"));
          return true;
        },
      );
    });

    test("a command ended by a signal has 128 + its number", async () => {
      assert.equal((await host.run(sh`sh -c 'kill -9 $$'`, { accept: "any" })).code, 137);
    });

    test("a command that is not a shell fails like one", async () => {
      assert.equal((await host.run(sh`if`, { accept: "any" })).code, 2);
      assert.equal((await host.run(sh`no-such-program-here`, { accept: "any" })).code, 127);
    });

    test("takes any value as one word", async () => {
      const { stdout } = await host.run(sh`for word in ${awkward}; do printf '%s\0' "$word"; done`);
      assert.deepEqual(stdout.split("\0").slice(0, -1), awkward);
      assert.ok(!existsSync("/tmp/lwtest-evil"));
    });

    test("standard input is empty, and the script's variables are its own", async () => {
      const { stdout } = await host.run(sh`cat; wait; echo "[$#]"; set | grep -c ^labwright_ || true`);
      assert.equal(stdout, "[0]\n0\n");
    });

    test("output without newline, of many bytes, with characters across chunks", async () => {
      const { stdout, stderr } = await host.run(
        sh`i=0; while [ $i -lt 3000 ]; do printf 'é漢🙂%064d' $i; i=$((i+1)); done; printf ende >&2`,
      );
      assert.equal(stderr, "ende");
      assert.equal(
        stdout,
        Array.from({ length: 3000 }, (_, i) => `é漢🙂${String(i).padStart(64, "0")}`).join(""),
      );
    });

    test("100 MB of output arrive; too much is an error, not the end of us", async () => {
      const { stdout } = await host.run(sh`head -c 100000000 /dev/zero | tr '\0' x`);
      assert.equal(stdout.length, 100_000_000);
      await assert.rejects(host.run(sh`tr '\0' x </dev/zero`), { code: "output-too-large" });
    });

    test("tells lines as they come", async () => {
      const lines: string[] = [];
      const gate = join(folder, "gate");
      const running = host.run(
        sh`echo one; echo two >&2; while [ ! -e ${gate} ]; do sleep 0.05; done; printf three`,
        {
          onLine: (line) => lines.push(line),
        },
      );
      await until("two lines", () => lines.length === 2);
      writeFileSync(gate, "");
      await running;
      assert.deepEqual([...lines.slice(0, 2).sort(), lines[2]], ["one", "two", "three"]);
    });

    test("something left in the background holds nobody up, and lives on", async () => {
      const seconds = uniqueSeconds();
      const from = Date.now();
      const { stdout } = await host.run(sh`sleep ${seconds} & echo started`);
      assert.equal(stdout, "started\n");
      assert.ok(Date.now() - from < 2000);
      await until("it runs", () => processesWith(seconds).length === 1);
      await delay(300);
      assert.equal(processesWith(seconds).length, 1);
      await host.run(sh`kill ${processesWith(seconds)}`);
    });

    test("when time is up, nothing of the command is left", async () => {
      const seconds = uniqueSeconds();
      const command = sh`sleep ${seconds} & setsid -w sleep 0.1; timeout 1000 sleep ${seconds}`;
      await assert.rejects(host.run(command, { timeout: 500 }), { code: "command-timeout" });
      await until("its processes gone", () => processesWith(seconds).length === 0, 10_000);
    });

    test("a command that goes on printing may take longer than it may be silent", async () => {
      const command = sh`for i in 1 2 3 4 5 6 7 8; do sleep 0.2; printf .; done`;
      assert.equal((await host.run(command, { silence: 900 })).stdout, "........");
    });

    test("a command that is silent for too long is ended, whatever it printed before", async () => {
      const seconds = uniqueSeconds();
      await assert.rejects(
        host.run(sh`echo first; sleep 0.2; echo second; sleep ${seconds}`, { silence: 600 }),
        (error) => {
          assert.ok(error instanceof Error && "code" in error);
          assert.equal(error.code, "command-timeout");
          assert.match(error.message, /printed and read nothing for 0\.6 s/);
          return true;
        },
      );
      await until("its processes gone", () => processesWith(seconds).length === 0, 10_000);
    });

    test("a command that prints for ever is ended when its time is up", async () => {
      const seconds = uniqueSeconds();
      const command = sh`while echo again; do sleep 0.1; done; sleep ${seconds}`;
      await assert.rejects(host.run(command, { silence: 2000, timeout: 3000 }), {
        code: "command-timeout",
        message: /did not end within 3 s/,
      });
    });

    test("a command that does not want to end is killed", async () => {
      const seconds = uniqueSeconds();
      await assert.rejects(host.run(sh`trap '' TERM; sleep ${seconds}; sleep ${seconds}`, { timeout: 300 }), {
        code: "command-timeout",
      });
      await until("its processes gone", () => processesWith(seconds).length === 0, 10_000);
    });

    test("an abort ends the command, also one that has not begun", async () => {
      const seconds = uniqueSeconds();
      const control = new AbortController();
      const running = host.run(sh`sleep ${seconds}`, { signal: control.signal });
      await Promise.all([
        assert.rejects(running, { code: "interrupted", exit: 130 }),
        until("it runs", () => processesWith(seconds).length > 0).then(() => control.abort()),
      ]);
      await until("its processes gone", () => processesWith(seconds).length === 0, 10_000);
      await assert.rejects(host.run(sh`true`, { signal: control.signal }), { code: "interrupted" });
    });

    test("a killed client leaves nothing running", async () => {
      const seconds = uniqueSeconds();
      const child = fork(join(import.meta.dirname, "hosts-child.ts"), { stdio: "inherit" });
      child.send({ access: candidate.access, seconds });
      await until("it runs", () => processesWith(seconds).length >= 3, 30_000);
      child.kill("SIGKILL");
      await until("its processes gone", () => processesWith(seconds).length === 0, 10_000);
    });

    test("neither script nor secret shows in the process list", async () => {
      const word = `lwtest-hush-${Math.random()}`;
      const gate = join(folder, "seen");
      const running = host.run(
        sh`secret=${new Secret(word)}; echo begun; while [ ! -e ${gate} ]; do sleep 0.05; done; printf %s "$secret"`,
        {
          onLine: () => {
            assert.deepEqual(
              [processesWith(word), processesWith(word, "environ"), processesWith(gate)],
              [[], [], []],
            );
            writeFileSync(gate, "");
          },
        },
      );
      assert.equal((await running).stdout, `begun\n${word}`);
    });

    test("twenty commands at once", async () => {
      const before = host.roundTrips;
      const numbers = Array.from({ length: 20 }, (_, i) => i);
      const outputs = await Promise.all(
        numbers.map((i) => host.run(sh`echo ${i}; sleep 0.05; echo ${i} >&2`)),
      );
      assert.deepEqual(
        outputs.map(({ stdout, stderr }) => stdout + stderr),
        numbers.map((i) => `${i}\n${i}\n`),
      );
      assert.equal(host.roundTrips - before, 20);
    });

    test("many probes in one round trip, none of which harms the next", async () => {
      const before = host.roundTrips;
      const outputs = await runAll(host, {
        exits: sh`echo a; exit 7`,
        moves: sh`cd /usr; set -e; false; echo never`,
        eats: sh`cat; pwd >/dev/null; exec printf 'no newline'`,
        nonsense: sh`if then`,
        complains: sh`echo lost >&2; echo kept 2>&1 >&1`,
        empty: sh`:`,
      });
      assert.equal(host.roundTrips - before, 1);
      assert.deepEqual(outputs, {
        exits: { code: 7, stdout: "a\n", stderr: "" },
        moves: { code: 1, stdout: "", stderr: "" },
        eats: { code: 0, stdout: "no newline", stderr: "" },
        nonsense: { code: 2, stdout: "", stderr: "" },
        complains: { code: 0, stdout: "kept\n", stderr: "" },
        empty: { code: 0, stdout: "", stderr: "" },
      });
    });

    test("writes text and bytes with owner and mode, into folders that it makes", async () => {
      const path = join(folder, "new folder", "it's", "file");
      await host.write({ path, content: "first\n" });
      assert.equal(readFileSync(path, "utf8"), "first\n");
      assert.equal(statSync(path).mode & 0o7777, 0o644);
      assert.equal(ownerOf(path), candidate.owner);
      const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 256));
      await host.write({ path, content: bytes, mode: 0o600 });
      assert.ok(readFileSync(path).equals(bytes));
      assert.equal(statSync(path).mode & 0o7777, 0o600);
      await host.write({ path, content: "" });
      assert.equal(statSync(path).size, 0);
      assert.deepEqual(readdirSync(join(folder, "new folder", "it's")), ["file"]);
    });

    test("streams a large local file", async () => {
      const localFile = join(folder, "large");
      writeFileSync(localFile, Buffer.alloc(50_000_000, "0123456789abcdef!"));
      utimesSync(localFile, 1_600_000_000, 1_600_000_000);
      await host.write({ path: join(folder, "copy"), content: { localFile } });
      assert.ok(readFileSync(localFile).equals(readFileSync(join(folder, "copy"))));
      assert.equal(statSync(join(folder, "copy")).mtimeMs, 1_600_000_000_000);
      await assert.rejects(
        host.write({ path: join(folder, "copy"), content: { localFile: join(folder, "none") } }),
        {
          code: "file-unreadable",
        },
      );
    });

    test("a file that changes while it is sent is not written", async () => {
      const path = join(folder, "changing");
      const arriving = () => readdirSync(folder).some((name) => name.startsWith(".changing"));
      const localFile = join(folder, "shrinking");
      writeFileSync(localFile, Buffer.alloc(100_000_000));
      const writing = assert.rejects(host.write({ path, content: { localFile } }), { code: "input-failed" });
      await until("it arrives", arriving);
      truncateSync(localFile, 1000);
      await writing;
      await until("it is taken away", () => !arriving());
    });

    test("a write that fails leaves the old file, and nothing beside it", async () => {
      const inner = join(folder, "kept");
      const path = join(inner, "file");
      await host.write({ path, content: "old" });
      await assert.rejects(host.write({ path, content: "new", owner: "lwtest-nobody" }), {
        code: "command-failed",
      });
      await assert.rejects(host.write({ path: inner, content: "new" }), { code: "command-failed" });
      assert.equal(readFileSync(path, "utf8"), "old");
      writeFileSync(join(inner, ".file.labwright-0badcafe-7"), "left by a run that was killed");
      await host.write({ path, content: "newer" });
      assert.deepEqual(readdirSync(inner), ["file"]);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith(".")),
        [],
      );
    });

    test("whoever reads meanwhile sees the old file or the new one", async () => {
      const path = join(folder, "switched");
      const contents = ["a", "b"].map((letter) => letter.repeat(100_000));
      await host.write({ path, content: contents[0] ?? "" });
      let writing = true;
      const reading = (async () => {
        while (writing) {
          assert.ok(contents.includes(readFileSync(path, "utf8")));
          await new Promise((later) => setImmediate(later));
        }
      })();
      for (let i = 1; i < 10; i++) await host.write({ path, content: contents[i % 2] ?? "" });
      writing = false;
      await reading;
    });
  });
}

const ownerOf = (path: string): string => {
  const { uid, gid } = statSync(path);
  return `${uid}:${gid}`;
};
