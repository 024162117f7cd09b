import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openSeat } from "../../src/commands/board/seat.ts";
import { connectionsOf, makeUser, noSshd, suiteSshd } from "../contract/hosts-sshd.ts";
import { boardFolder, fakeLabs, type RunningBoard, startBoard, task } from "../support/board.ts";
import { type Ran, ranUntil, runAs } from "../support/seat.ts";

/** What does not come is not waited for without end. */
const late = { timeout: 120_000 };

describe("the student's command on a real machine", { skip: noSshd }, () => {
  const sshd = suiteSshd();
  const plain = { text: "Make a Job.\n", solution: "This is how.\n" };
  const labs = fakeLabs(
    ["alice", "bob"],
    [task("jobs", { plain, solution: ["This is how."] }), task("probes", { plain })],
  );
  let student = "";
  let other = "";
  let places = { program: "", folder: "" };
  let place: Awaited<ReturnType<typeof boardFolder>>;
  let board: RunningBoard;
  before(async () => {
    student = makeUser(sshd(), "student");
    other = makeUser(sshd(), "other");
    mkdirSync(join(sshd().folder, "bin"));
    places = { program: join(sshd().folder, "bin/labwright"), folder: join(sshd().folder, "seat") };
    labs.seat = async (name, token, serve, signal) => {
      if (name !== "alice") return undefined;
      const machine = { name: "cp", access: sshd().access("root"), account: student };
      return openSeat(machine, token, serve, { signal, places });
    };
    place = await boardFolder();
    board = await startBoard(labs, place);
    await ranUntil(
      () => as("tasks"),
      ({ code }) => code === 0,
    );
  });
  after(async () => {
    await board.stop();
    await place.remove();
    assert.deepEqual(board.errors, []);
  });

  const as = (words: string, user = student): Promise<Ran> =>
    runAs(sshd().access(user), `${places.program} ${words}`);
  const works = async () => (await labs.work("alice")).map(({ state }) => state);

  test("the exercises, then a task, which is shown once it is started", late, async () => {
    const tasks = await as("tasks");
    assert.match(
      tasks.stdout,
      /^exercise +state +points +title\njobs +not started +0 of 10 +Title of jobs\n/,
    );
    const early = await as("task jobs");
    assert.deepEqual([early.code, early.stdout], [1, ""]);
    assert.match(early.stderr, /jobs is not started\nRun `labwright start jobs`/);
    const start = await as("start jobs");
    assert.deepEqual([start.code, start.stdout], [0, "Started.\n\nMake a Job.\n"]);
    assert.deepEqual(await as("task"), { code: 0, stdout: "Make a Job.\n", stderr: "" });
  });

  test("a check that fails, hints that count, a check that passes, the solution", late, async () => {
    labs.seen = ["no Job \u001b[2J"];
    const failed = await as("check jobs");
    assert.equal(failed.code, 1);
    assert.equal(failed.stdout, "✘ cp: The goal\n    no Job \\x1b[2J\nNot yet.\n");
    const early = await as("solution jobs");
    assert.deepEqual([early.code, early.stdout], [1, ""]);
    const hint = await as("hint");
    assert.deepEqual([hint.code, hint.stdout], [0, "Hint 1:\n    Look at it.\n\nTook a hint.\n"]);
    assert.equal((await works())[0]?.hints, 1);
    labs.seen = [];
    const passed = await as("check jobs");
    assert.deepEqual([passed.code, passed.stdout], [0, "✔ cp: The goal\nPassed.\n"]);
    assert.deepEqual(
      labs.done.filter((one) => one.includes("jobs")),
      ["start alice jobs", "check alice jobs", "hint alice jobs", "check alice jobs"],
    );
    assert.deepEqual(await as("solution"), { code: 0, stdout: "This is how.\n", stderr: "" });
  });

  test("a long check shows on a terminal that something goes on", late, async () => {
    const { check } = labs;
    const shown = Promise.withResolvers<void>();
    labs.check = async (...given) => {
      given[2]("cp: looking at Jobs");
      await shown.promise;
      return check(...given);
    };
    try {
      const { program } = places;
      // The check ends when the terminal has shown that time goes by.
      const counted =
        /\rcheck jobs: cp: looking at Jobs \(\d+ s\).\[K\rcheck jobs: cp: looking at Jobs \([1-9]/;
      const { code, stdout } = await runAs(sshd().access(student), `${program} check jobs`, (text) => {
        if (counted.test(text)) shown.resolve();
      });
      assert.equal(code, 0);
      assert.match(stdout, counted);
      assert.ok(stdout.endsWith("\r\u001b[K✔ cp: The goal\r\nPassed.\r\n"), JSON.stringify(stdout));
    } finally {
      labs.check = check;
    }
  });

  test("wrong use is refused with 2, and help needs no board", late, async () => {
    for (const words of ["reset", "check a b", "check 'A;b'", "task nothing"])
      assert.equal((await as(words)).code, 2, words);
    assert.match((await as("task nothing")).stderr, /no exercise "nothing"\nRun `labwright tasks`/);
    const help = await as("");
    assert.equal(help.code, 0);
    assert.match(help.stdout, /labwright check \[EXERCISE\]/);
    assert.ok(help.stdout.split("\n").every((line) => line.length <= 80));
  });

  test("a wrong token, another student's and the instructor's are refused", late, async () => {
    const file = join(places.folder, "token");
    const own = readFileSync(file, "utf8");
    assert.equal(own, "token-alice\n");
    const before = labs.done.length;
    try {
      for (const token of ["token-bob", "token-instructor", "wrong", "token-alic", ""]) {
        writeFileSync(file, `${token}\n`);
        const { code, stdout, stderr } = await as("check jobs");
        assert.deepEqual([code, stdout], [1, ""], token);
        assert.match(
          stderr,
          token.startsWith("token-i") || token === "token-bob" ? /somebody else/ : /opens no page/,
        );
      }
    } finally {
      writeFileSync(file, own);
    }
    assert.equal(labs.done.length, before);
    assert.equal((await as("tasks")).code, 0);
  });

  test("no other account reads the token or reaches the socket", late, async () => {
    const { folder } = places;
    const { code, stderr } = await as("check jobs", other);
    assert.deepEqual([code, stderr], [2, "Only the student's account can use this command.\n"]);
    const read = await runAs(sshd().access(other), `cat ${folder}/token`);
    assert.deepEqual([read.code, read.stdout], [1, ""]);
    const reach = `perl -MIO::Socket::UNIX -e 'exit(IO::Socket::UNIX->new(Peer => "${folder}/board") ? 0 : 7)'`;
    assert.equal((await runAs(sshd().access(other), reach)).code, 7);
    assert.equal((await runAs(sshd().access(student), reach)).code, 0);
    const modes = ["token", "board"].map((name) => statSync(join(folder, name)).mode & 0o777);
    assert.deepEqual(modes, [0o600, 0o600]);
  });

  test("a student who asks too often is refused, as on the page", late, async () => {
    const ask = `open(my $file, "<", "${places.folder}/token"); chomp(my $token = <$file>);
      for (1 .. 2000) {
        my $one = IO::Socket::UNIX->new(Peer => "${places.folder}/board") or exit 8;
        print {$one} "$token tasks\\n"; my $all = join "", <$one>;
        if ($all =~ /too many/) { print $all; exit 0 } }`;
    const { stdout } = await runAs(sshd().access(student), `perl -MIO::Socket::UNIX -e '${ask}'`);
    assert.match(stdout, /^etoo many requests came from you\neWait a moment, then try again\.\nx1\n$/);
    await ranUntil(
      () => as("tasks"),
      ({ code }) => code === 0,
    );
  });

  test("connections that a program keeps open after their answer take no room", late, async () => {
    const keep = `my @all; for (1 .. 40) {
      my $one = IO::Socket::UNIX->new(Peer => "${places.folder}/board") or exit 8;
      print {$one} "wrong tasks\\n"; my @lines = <$one>; @lines == 3 or exit 9; push @all, $one }
      print \`${places.program} tasks\``;
    const kept = await runAs(sshd().access(student), `perl -MIO::Socket::UNIX -e '${keep}'`);
    assert.deepEqual([kept.code, kept.stderr], [0, ""]);
    assert.match(kept.stdout, /^exercise/);
  });

  test("without a board it says so and exits with 3; the next board is there by itself", late, async () => {
    await board.stop();
    const words = "The board does not run, or has lost this machine: tell your instructor.\n";
    const gone = { code: 3, stdout: "", stderr: words };
    await ranUntil(
      () => as("check jobs"),
      (ran) => ran.code === 3,
    );
    assert.deepEqual(await as("check jobs"), gone);
    assert.equal((await as("help")).code, 0);
    board = await startBoard(labs, place);
    await ranUntil(
      () => as("tasks"),
      ({ code }) => code === 0,
    );
  });

  test("a machine that another one replaces gets the command again", late, async () => {
    rmSync(places.program);
    rmSync(places.folder, { recursive: true });
    assert.equal((await as("tasks")).code, 127);
    for (const pid of connectionsOf(sshd().pid)) process.kill(pid);
    await ranUntil(
      () => as("tasks"),
      ({ code }) => code === 0,
    );
  });
});

describe("a machine where the student's command is impossible", { skip: noSshd }, () => {
  const sshd = suiteSshd(["AllowStreamLocalForwarding no"]);
  const open = (program: string) => {
    const access = sshd().access("root");
    const places = { program, folder: join(sshd().folder, "seat") };
    return openSeat({ name: "cp", access, account: "root" }, "token", () => {}, { places });
  };

  test("an sshd that forbids forwarding is named, with its setting", late, async () => {
    await assert.rejects(open(join(sshd().folder, "labwright")), {
      code: "forwarding-refused",
      message: "the sshd of cp does not let us listen there",
      remedy: /AllowStreamLocalForwarding yes/,
    });
  });

  test("somebody else's program of that name stays, a link and a folder too", late, async () => {
    const folder = join(sshd().folder, "others");
    mkdirSync(folder);
    const [program, link] = [join(folder, "program"), join(folder, "link")];
    writeFileSync(program, "#!/bin/sh\necho mine\n");
    symlinkSync("/nowhere", link);
    rmSync(join(sshd().folder, "seat"), { recursive: true, force: true });
    for (const path of [program, link, folder])
      await assert.rejects(open(path), { code: "seat-taken", message: new RegExp(`^cp: ${path} exists`) });
    assert.equal(readFileSync(program, "utf8"), "#!/bin/sh\necho mine\n");
    assert.equal(readlinkSync(link), "/nowhere");
    assert.deepEqual(readdirSync(folder).sort(), ["link", "program"]);
    assert.equal(existsSync(join(sshd().folder, "seat")), false, "nothing else was made");
  });
});
