import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openShell } from "../../src/hosts/shell.ts";
import { makeUser, noSshd, suiteSshd } from "../contract/hosts-sshd.ts";
import { boardFolder, fakeLabs, logIn, type RunningBoard, startBoard } from "../support/board.ts";
import { openSocket, until } from "../support/board-sockets.ts";

describe("terminals of the board on a real machine", { skip: noSshd }, () => {
  const sshd = suiteSshd();
  const labs = fakeLabs(["alice", "bob"]);
  let place: Awaited<ReturnType<typeof boardFolder>>;
  let board: RunningBoard;
  let alice: Record<string, string>;
  before(async () => {
    const user = makeUser(sshd(), "board");
    labs.shell = (_, machine, size) => openShell(machine, sshd().access(user), size);
    place = await boardFolder();
    board = await startBoard(labs, place);
    alice = await logIn(board, "token-alice");
  });
  after(async () => {
    await board.stop();
    await place.remove();
  });

  const open = (machine = "cp") =>
    openSocket(board, `/student/alice/terminal?machine=${machine}&columns=91&rows=33`, alice);

  test("it has the page's size, takes what is typed, and tells the shell's exit code", async () => {
    const page = open();
    await until(() => page.told === '{"opened":true}');
    page.socket.send(Buffer.from("stty size; echo $TERM\n"));
    await until(() => /33 91\s+xterm-256color/.test(page.shown));
    page.socket.send(JSON.stringify({ columns: 70, rows: 20 }));
    page.socket.send(Buffer.from("stty size\n"));
    await until(() => page.shown.includes("20 70"));
    page.socket.send(Buffer.from("exit 3\n"));
    await until(() => page.code !== 0);
    assert.deepEqual([page.code, page.told], [4000, '{"opened":true}{"ended":3}']);
  });

  test("what runs in a terminal ends when the page goes", async () => {
    const page = open();
    page.socket.on("open", () => page.socket.send(Buffer.from("echo pid=$$; exec sleep 1000\n")));
    await until(() => /pid=\d+/.test(page.shown));
    const pid = Number(/pid=(\d+)/.exec(page.shown)?.[1]);
    process.kill(pid, 0);
    page.socket.terminate();
    await until(() => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
  });

  test("a page that goes while its terminal is being opened leaves no connection, and harms nobody", async () => {
    const { shell } = labs;
    const opened = Promise.withResolvers<Awaited<ReturnType<typeof shell>>>();
    labs.shell = async (...given) => {
      const one = await shell(...given);
      opened.resolve(one);
      return one;
    };
    try {
      const page = open();
      page.socket.on("open", () => page.socket.terminate());
      // Nobody listens for the shell's end here, either.
      const { stream } = await opened.promise;
      let isOver = false;
      stream.once("close", () => {
        isOver = true;
      });
      await until(() => isOver);
      await sleep(200);
    } finally {
      labs.shell = shell;
    }
  });

  test("a student has four terminals on a machine at most, and a closed one makes room", async () => {
    const pages = [open(), open(), open(), open()];
    await until(() => pages.every(({ told }) => told !== ""));
    const fifth = open();
    await until(() => fifth.code !== 0);
    assert.match(fifth.told, /"code":"too-many-terminals".*"remedy":"Close one of them/);
    assert.equal(fifth.code, 4001);
    const elsewhere = open("w");
    await until(() => elsewhere.told !== "");
    pages[0]?.socket.close();
    await until(() => pages[0]?.code !== 0);
    const sixth = open();
    await until(() => sixth.told !== "");
    const all = [...pages, sixth, elsewhere];
    for (const { socket } of all) socket.close();
    await until(() => all.every(({ code }) => code !== 0));
  });

  test("a machine that floods the page waits for it, and the board's memory stays", async () => {
    const page = open();
    await until(() => page.told !== "");
    page.socket.pause();
    page.socket.send(Buffer.from("yes 0123456789012345678901234567890123456789\n"));
    await sleep(300);
    const before = process.memoryUsage().rss;
    await sleep(1500);
    assert.ok(process.memoryUsage().rss - before < 50 * 1024 * 1024);
    page.socket.terminate();
  });

  test("a machine that cannot be reached is named with what to do", async () => {
    const { shell } = labs;
    labs.shell = (_, machine, size) => openShell(machine, { ...sshd().access("board"), port: 1 }, size);
    try {
      const page = open();
      await until(() => page.code !== 0);
      assert.equal(page.code, 4001);
      assert.match(page.told, /"code":"ssh-refused".*"remedy":"./);
    } finally {
      labs.shell = shell;
    }
  });
});
