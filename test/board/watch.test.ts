import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import {
  boardFolder,
  type FakeLabs,
  fakeLabs,
  logIn,
  type RunningBoard,
  startBoard,
} from "../support/board.ts";
import { type OpenSocket, openSocket, until } from "../support/board-sockets.ts";

let labs: FakeLabs;
let board: RunningBoard;
let place: Awaited<ReturnType<typeof boardFolder>>;
let alice: Record<string, string>;
let instructor: Record<string, string>;
beforeEach(async () => {
  labs = fakeLabs(["alice", "bob"]);
  place = await boardFolder();
  board = await startBoard(labs, place);
  alice = await logIn(board, "token-alice");
  instructor = await logIn(board, "token-instructor");
});
afterEach(async () => {
  await board.stop();
  await place.remove();
  assert.deepEqual(board.errors, []);
});

/** The ids of alice's terminals, as the instructor's page gets them. */
async function terminals(): Promise<string[]> {
  const stop = new AbortController();
  const answer = await fetch(`${board.address}/instructor/events`, {
    headers: instructor,
    signal: stop.signal,
  });
  const { value = new Uint8Array() } = (await answer.body?.getReader().read()) ?? {};
  stop.abort();
  const [, data = "{}"] = /^data: (.*)$/m.exec(new TextDecoder().decode(value)) ?? [];
  return JSON.parse(data).students[0].terminals.map(({ id }: { id: string }) => id);
}

async function student(machine = "cp"): Promise<OpenSocket> {
  const page = openSocket(board, `/student/alice/terminal?machine=${machine}&columns=90&rows=30`, alice);
  await until(() => page.told.includes("opened"), "the terminal is open");
  return page;
}

async function watch(id: string | undefined): Promise<OpenSocket> {
  const page = openSocket(board, `/instructor/watch?terminal=${id}`, instructor);
  await until(() => page.told !== "", "it is watched");
  return page;
}

/** A terminal of alice and a page that watches it. */
async function both() {
  const own = await student();
  const [shell] = labs.shells;
  if (!shell) throw new Error("no shell");
  const watcher = await watch((await terminals())[0]);
  await until(() => own.told.endsWith('{"watchers":1,"control":"none"}'));
  return { own, shell, watcher };
}

const say = ({ socket }: OpenSocket, message: object) => socket.send(JSON.stringify(message));
const type = ({ socket }: OpenSocket, keys: string) => socket.send(Buffer.from(keys));

/** Asks, and waits until both pages know. */
async function ask(own: OpenSocket, watcher: OpenSocket): Promise<void> {
  say(watcher, { takeOver: true });
  await until(() => own.told.endsWith('"control":"asked"}') && watcher.told.endsWith('{"control":"asked"}'));
}

async function give(own: OpenSocket, watcher: OpenSocket): Promise<void> {
  await ask(own, watcher);
  say(own, { allow: true });
  await until(() => own.told.endsWith('"control":"given"}') && watcher.told.endsWith('{"control":"given"}'));
}

/** What a page sends is in order: once the last is known, all before it is too. */
async function flushed(page: OpenSocket): Promise<void> {
  const heard = new Promise((resolve) => page.socket.once("pong", resolve));
  page.socket.ping();
  await heard;
}

test("who watches sees what was shown before, what comes, and the student's size", async () => {
  const own = await student();
  labs.shells[0]?.stream.push("before\r\n");
  await until(() => own.shown.includes("before"));
  const watcher = await watch((await terminals())[0]);
  await until(() => watcher.shown === "before\r\n");
  assert.ok(watcher.told.startsWith('{"screen":{"columns":90,"rows":30},"control":"none"}'), watcher.told);
  labs.shells[0]?.stream.push("after\r\n");
  await until(() => watcher.shown === "before\r\nafter\r\n");
  say(own, { columns: 70, rows: 20 });
  await until(() => watcher.told.endsWith('{"size":{"columns":70,"rows":20}}'));
  await until(() => own.told.endsWith('{"watchers":1,"control":"none"}'), "the student knows");
  watcher.socket.close();
  await until(() => own.told.endsWith('{"watchers":0,"control":"none"}'), "the student knows the end");
});

test("only the instructor's own page watches: no student, other site, other name or stranger", async () => {
  await student();
  const [id] = await terminals();
  const Origin = board.address;
  const path = `/instructor/watch?terminal=${id}`;
  const bob = await logIn(board, "token-bob");
  for (const [at, headers, refused] of [
    [path, { ...alice, Origin }, "403 not-yours"],
    [path, { ...bob, Origin }, "403 not-yours"],
    [path, { Origin }, "401 no-session"],
    [path, instructor, "403 wrong-origin"],
    [path, { ...instructor, Origin: "http://evil.example" }, "403 wrong-origin"],
    [path, { ...instructor, Origin, Host: "evil.example" }, "421 wrong-host"],
    [`/student/alice/watch?terminal=${id}`, { ...alice, Origin }, "404 no-page"],
    [`/student/bob/watch?terminal=${id}`, { ...bob, Origin }, "404 no-page"],
  ] as const) {
    const socket = new WebSocket(`ws://127.0.0.1:${board.port}${at}`, { headers });
    socket.on("error", () => {});
    const answer = await new Promise<string>((resolve) => {
      socket.on("unexpected-response", async (_, response) =>
        resolve(`${response.statusCode} ${JSON.parse(await text(response)).code}`),
      );
      socket.on("open", () => resolve("open"));
    });
    assert.equal(answer, refused, `${at} ${JSON.stringify(headers)}`);
  }
  for (const unknown of ["", "cp", "00000000-0000-0000-0000-000000000000"]) {
    const page = await watch(unknown);
    assert.match(page.told, /"code":"terminal-ended"/);
    await until(() => page.code === 4001);
  }
});

test("the service drops the instructor's keys until the student allows them, and after either ends it", async () => {
  const { own, shell, watcher } = await both();
  const drops = async (keys: string) => {
    type(watcher, keys);
    await flushed(watcher);
    assert.ok(!shell.typed.includes(keys), `${keys}: ${shell.typed}`);
  };
  await drops("a-watching");
  // Only the student answers, and only a question.
  say(watcher, { allow: true });
  say(own, { allow: true });
  await flushed(own);
  await drops("b-not-asked");
  assert.ok(!own.told.includes("given"), "nothing is allowed in advance");
  await ask(own, watcher);
  say(watcher, { allow: true });
  await drops("c-asked");
  say(own, { allow: false });
  await until(() => watcher.told.endsWith('{"control":"none"}'), "refused");
  await drops("d-refused");
  await give(own, watcher);
  type(watcher, "e-given");
  await until(() => shell.typed.endsWith("e-given"), "the instructor types");
  type(own, "f-own");
  await until(() => shell.typed.endsWith("f-own"), "the student types too");
  await until(() => watcher.shown.endsWith("e-givenf-own"), "both see it");
  say(own, { allow: false });
  await until(() => watcher.told.endsWith('{"control":"none"}'), "the student has ended it");
  await drops("g-stopped");
  await give(own, watcher);
  say(watcher, { takeOver: false });
  await until(() => own.told.endsWith('{"watchers":1,"control":"none"}'), "the instructor has ended it");
  await drops("h-given-back");
  assert.equal(shell.typed, "e-givenf-own");
});

test("what a page says in other words, or of another size, changes nothing", async () => {
  const { own, shell, watcher } = await both();
  for (const message of ["{", "null", "[]", '{"takeOver":"yes"}', '{"takeOver":true,"allow":true}'])
    watcher.socket.send(message);
  say(watcher, { columns: 10, rows: 10 });
  await flushed(watcher);
  for (const message of ['{"allow":1}', '{"allow":true,"columns":3}', '{"takeOver":true}'])
    own.socket.send(message);
  await flushed(own);
  assert.ok(!`${own.told}${watcher.told}`.includes("asked"));
  assert.equal(Reflect.get(shell, "size").columns, 0);
});

test("one page at a time has a terminal; another one knows, and neither it nor its end takes it", async () => {
  const { own, shell, watcher } = await both();
  const other = await watch((await terminals())[0]);
  await give(own, watcher);
  await until(() => other.told.endsWith('{"control":"other"}'));
  say(other, { takeOver: true });
  say(other, { takeOver: false });
  type(other, "other");
  await flushed(other);
  other.socket.close();
  await until(() => own.told.endsWith('{"watchers":1,"control":"given"}'));
  type(watcher, "mine");
  await until(() => shell.typed === "mine");
  const next = await watch((await terminals())[0]);
  watcher.socket.terminate();
  await until(() => own.told.endsWith('{"watchers":1,"control":"none"}'), "a page that is gone has nothing");
  await give(own, next);
});

test("a permission is for one terminal", async () => {
  const { own, watcher } = await both();
  await student("w");
  const [, second] = await terminals();
  const other = await watch(second);
  await give(own, watcher);
  type(other, "x");
  await flushed(other);
  assert.deepEqual([labs.shells[1]?.machine, labs.shells[1]?.typed], ["w", ""]);
  assert.ok(!other.told.includes("other"));
});

test("a student's page that closes ends it for all who watch, and the list", async () => {
  const { own, shell, watcher } = await both();
  await give(own, watcher);
  own.socket.terminate();
  await until(() => watcher.code === 4000);
  assert.ok(shell.isClosed);
  assert.deepEqual(await terminals(), []);
});

test("a board that is started again has no permission, and nothing that is watched", async () => {
  const { own, watcher } = await both();
  await give(own, watcher);
  const [id] = await terminals();
  await board.stop();
  await until(() => watcher.code === 1001);
  board = await startBoard(labs, { ...place, port: board.port });
  const again = await watch(id);
  assert.match(again.told, /"code":"terminal-ended"/);
  await student();
  const fresh = await watch((await terminals())[0]);
  type(fresh, "x");
  await flushed(fresh);
  assert.match(fresh.told, /^\{"screen":.*"control":"none"\}/);
  assert.equal(labs.shells[1]?.typed, "");
});

test("four pages watch a terminal at most, and sixteen all of them; one that stops makes room", async () => {
  const open: OpenSocket[] = [];
  const machines = ["cp", "cp", "cp", "cp", "w"];
  for (const machine of machines) await student(machine);
  const ids = await terminals();
  const isFull = async (id: string | undefined) => {
    const page = await watch(id);
    return page.told.includes('"code":"too-many-watchers"');
  };
  for (const id of ids.slice(0, 4)) {
    for (let count = 0; count < 4; count++) open.push(await watch(id));
    assert.ok(await isFull(id));
  }
  assert.ok(await isFull(ids[4]), "all are taken");
  open[0]?.socket.close();
  await until(() => open[0]?.code !== 0);
  assert.ok(!(await isFull(ids[4])));
});

test("a page that reads nothing holds up nobody, takes little memory, and begins again with the end", {
  timeout: 60_000,
}, async () => {
  const { own, shell, watcher } = await both();
  const line = `${"0123456789".repeat(1000)}\r\n`;
  watcher.socket.pause();
  const before = process.memoryUsage().rss;
  const lines = 8000;
  for (let count = 1; count <= lines; count++) {
    own.shown = "";
    shell.stream.push(`${line}line ${count}\r\n`);
    if (count % 20 === 0)
      await until(() => own.shown.includes(`line ${count}\r\n`), `the student sees ${count}`);
  }
  const grown = process.memoryUsage().rss - before;
  assert.ok(
    grown < 60 * 1024 * 1024,
    `${Math.round(grown / 1024 / 1024)} MiB of ${(lines * line.length) / 1e6} MB`,
  );
  watcher.socket.resume();
  await until(() => watcher.shown.endsWith(`line ${lines}\r\n`), "the end comes");
  assert.ok(watcher.shown.length < (lines * line.length) / 2, "not all of it");
  assert.ok((watcher.told.match(/"screen"/g) ?? []).length >= 2, "it begins again");
  await sleep(0);
  shell.stream.push("and on\r\n");
  await until(() => watcher.shown.endsWith("and on\r\n"), "it goes on");
});
