import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import {
  ask,
  boardFolder,
  fakeLabs,
  logIn,
  type RunningBoard,
  startBoard,
  started,
  untouched,
} from "../support/board.ts";

const labs = fakeLabs(["alice", "bob", "late"]);
let board: RunningBoard;
let place: Awaited<ReturnType<typeof boardFolder>>;
let alice: Record<string, string>;
let instructor: Record<string, string>;
before(async () => {
  place = await boardFolder();
  board = await startBoard(labs, place);
  alice = await logIn(board, "token-alice");
  instructor = await logIn(board, "token-instructor");
});
after(async () => {
  await board.stop();
  await place.remove();
  assert.deepEqual(board.errors, []);
});

const session = (token: unknown, headers = {}) =>
  ask(board, "POST", "/session", { body: { token }, headers });

test("a link's token gives a cookie that no script reads and no other site sends, for its own page only", async () => {
  const { status, headers, text } = await session("token-alice");
  assert.deepEqual([status, JSON.parse(text)], [200, { path: "/student/alice/" }]);
  assert.match(
    String(headers["set-cookie"]),
    /^labwright-\d+=[\w-]{43}; Path=\/student\/alice; HttpOnly; SameSite=Strict$/,
  );
  assert.doesNotMatch(String(headers["set-cookie"]), /token/);
});

test("wrong and expired tokens are refused in clear words", async () => {
  for (const [token, status, code, words] of [
    ["token-alicf", 401, "link-wrong", /opens no page of this class.*Ask your instructor/],
    ["", 401, "link-wrong", /./],
    ["token-late", 401, "link-expired", /has expired at 2020.*new link/],
    [7, 400, "wrong-request", /./],
  ] as const) {
    const answer = await session(token);
    assert.deepEqual([answer.status, answer.code], [status, code]);
    assert.match(answer.text, words);
    assert.equal(answer.headers["set-cookie"], undefined);
  }
});

test("a session opens its own page only", async () => {
  for (const [headers, path, status, code] of [
    [alice, "/student/alice/me", 200, undefined],
    [alice, "/student/bob/me", 403, "not-yours"],
    [alice, "/student/bob/events", 403, "not-yours"],
    [alice, "/instructor/events", 403, "not-yours"],
    [alice, "/student/alice/../bob/me", 403, "not-yours"],
    [alice, "/student/%62ob/me", 404, "no-page"],
    [{}, "/student/alice/events", 401, "no-session"],
    [{ Cookie: `labwright-${board.port}=nonsense` }, "/student/alice/events", 401, "no-session"],
    [{ Cookie: `labwright-${board.port}=token-alice` }, "/student/alice/events", 401, "no-session"],
    [instructor, "/student/bob/me", 403, "not-yours"],
  ] as const) {
    const answer = await ask(board, "GET", path, { headers });
    assert.deepEqual([answer.status, answer.code], [status, code], path);
  }
});

const act = (path: string, body: unknown, headers: Record<string, string>) =>
  ask(board, "POST", path, { body, headers });

test("a student acts on the own lab, and as a student only", async () => {
  labs.done.length = 0;
  for (const [body, status, code] of [
    [{ action: "check", exercise: "jobs", student: "bob" }, 403, "not-yours"],
    [{ action: "reset" }, 400, "wrong-request"],
    [{ action: "message", text: "hello" }, 400, "wrong-request"],
    [{ action: "extend", exercise: "jobs", minutes: 10 }, 400, "wrong-request"],
    [{ action: "check", exercise: "../jobs" }, 400, "wrong-request"],
    [{ action: "check", exercise: "jobs", name: "x" }, 400, "wrong-request"],
    ["[]", 400, "wrong-request"],
    ["{", 400, "wrong-request"],
    [null, 400, "wrong-request"],
  ] as const) {
    const answer = await act("/student/alice/do", body, alice);
    assert.deepEqual([answer.status, answer.code], [status, code], JSON.stringify(body));
  }
  assert.deepEqual(labs.done, []);
  assert.equal(
    (await act("/instructor/do", { action: "check", exercise: "jobs", student: "eve" }, instructor)).status,
    400,
  );
  assert.equal((await act("/student/alice/do", { action: "start", exercise: "jobs" }, alice)).status, 202);
  assert.deepEqual(labs.done, ["start alice jobs"]);
});

test("a time is extended by whole minutes from 1 to 600, of an exercise of the class", async () => {
  labs.done.length = 0;
  const extend = (more: object) =>
    act("/instructor/do", { action: "extend", student: "bob", exercise: "jobs", ...more }, instructor);
  for (const more of [
    ...[{}, { minutes: 0 }, { minutes: 601 }, { minutes: 1.5 }, { minutes: "10" }],
    { minutes: 10, exercise: "probes" },
  ]) {
    const { status, code } = await extend(more);
    assert.deepEqual([status, code], [400, "wrong-request"], JSON.stringify(more));
  }
  assert.deepEqual(labs.done, []);
  assert.equal((await extend({ minutes: 600 })).status, 202);
  assert.deepEqual(labs.done, ["extend bob jobs 600"]);
});

test("other names than the service's own, and requests of other sites, are refused", async () => {
  const port = board.port;
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1:${port + 1}`]) {
    const answer = await ask(board, "GET", "/", { headers: { Host: host } });
    assert.deepEqual([answer.status, answer.code], [421, "wrong-host"], host);
  }
  assert.equal((await ask(board, "GET", "/", { headers: { Host: `localhost:${port}` } })).status, 200);
  for (const origin of [
    "http://evil.example",
    "null",
    `https://127.0.0.1:${port}`,
    `http://localhost:${port}`,
  ]) {
    const headers = { ...alice, Origin: origin };
    const answer = await act("/student/alice/do", { action: "raise" }, headers);
    assert.deepEqual([answer.status, answer.code], [403, "wrong-origin"], origin);
    assert.equal((await session("token-alice", { Origin: origin })).status, 403);
  }
  const { Origin: _, ...none } = { Origin: "", ...alice };
  const bare = await fetch(`${board.address}/student/alice/do`, { method: "POST", headers: none });
  assert.equal(bare.status, 403);
  await bare.text();
});

/** What a WebSocket ends with. */
function terminal(path: string, headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${board.port}${path}`, { headers });
  return new Promise((resolve) => {
    socket.on("unexpected-response", async (_, response) => {
      resolve(`${response.statusCode} ${JSON.parse(await text(response)).code}`);
    });
    socket.on("error", () => {});
    socket.on("message", (data) => {
      const { error } = JSON.parse(String(data));
      resolve(error === undefined ? "open" : `told ${error.code}`);
      socket.close();
    });
  });
}

test("a terminal is opened for its own student, from the own page, on a machine of the lab", async () => {
  const Origin = board.address;
  const mine = "/student/alice/terminal?machine=cp";
  assert.equal(await terminal(mine, { ...alice, Origin }), "open");
  assert.equal(await terminal(mine, alice), "403 wrong-origin");
  assert.equal(await terminal(mine, { ...alice, Origin: "http://evil.example" }), "403 wrong-origin");
  assert.equal(await terminal(mine, { ...alice, Origin, Host: "evil.example" }), "421 wrong-host");
  assert.equal(await terminal(mine, { Origin }), "401 no-session");
  assert.equal(await terminal("/student/bob/terminal?machine=cp", { ...alice, Origin }), "403 not-yours");
  assert.equal(
    await terminal("/student/alice/terminal?machine=nope", { ...alice, Origin }),
    "told no-machine",
  );
  assert.equal(await terminal("/instructor/terminal?machine=cp", { ...instructor, Origin }), "404 no-page");
});

test("every answer says that it is not framed, guessed, kept or told; the page runs its own scripts only", async () => {
  for (const path of [
    "/",
    "/student/alice/",
    "/web/main.js",
    "/modules/preact.js",
    "/nothing",
    "/instructor/me",
  ]) {
    const { headers } = await ask(board, "GET", path);
    const { "x-content-type-options": sniff, "x-frame-options": frame } = headers;
    assert.deepEqual(
      [sniff, frame, headers["referrer-policy"], headers["cache-control"]],
      ["nosniff", "DENY", "no-referrer", "no-store"],
      path,
    );
    assert.match(
      String(headers["content-security-policy"]),
      /default-src 'none'.*frame-ancestors 'none'/,
      path,
    );
  }
  const policy = String((await ask(board, "GET", "/")).headers["content-security-policy"]);
  assert.match(policy, /script-src 'self' 'sha256-[\w+/=]+';/);
  assert.match(policy, /connect-src 'self';/);
});

test("files beside those of the pages are not served", async () => {
  for (const path of [
    "/web/../package.json",
    "/web/%2e%2e/package.json",
    "/web/index.html",
    "/web//etc/passwd",
  ])
    assert.equal((await ask(board, "GET", path)).status, 404, path);
});

test("a long body is refused, and a slow one is cut off", { timeout: 30_000 }, async () => {
  const long = await act("/student/alice/do", { action: "check", exercise: "x".repeat(20_000) }, alice);
  assert.deepEqual([long.status, long.code], [413, "too-large"]);
  assert.equal((await session("x".repeat(2000))).status, 413);
  const slow = connect(board.port, "127.0.0.1");
  slow.write(`POST /session HTTP/1.1\r\nHost: 127.0.0.1:${board.port}\r\n`);
  assert.match(await text(slow), /^HTTP\/1.1 408/);
});

test("one lab has one job at a time", async () => {
  const going = Promise.withResolvers<string>();
  const { check } = labs;
  labs.check = () => going.promise;
  try {
    const check = { action: "check", student: "bob", exercise: "jobs" };
    assert.equal((await act("/instructor/do", check, instructor)).status, 202);
    const again = await act("/instructor/do", check, instructor);
    assert.deepEqual([again.status, again.code], [409, "lab-busy"]);
    assert.match(again.text, /\\"check jobs\\" is running on the lab of bob since/);
    assert.equal((await act("/instructor/do", { ...check, student: "alice" }, instructor)).status, 202);
  } finally {
    going.resolve("");
    labs.check = check;
  }
});

test("a thousand requests of one student are refused, and the others are served at once", async () => {
  let isOver = false;
  const statuses = new Map<number, number>();
  const flood = Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let index = 0; index < 100; index++) {
        const { status } = await ask(board, "GET", "/student/alice/me", { headers: alice });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
  ).finally(() => {
    isOver = true;
  });
  const bob = await logIn(board, "token-bob");
  const times: number[] = [];
  while (!isOver) {
    const begun = performance.now();
    assert.equal((await ask(board, "GET", "/instructor/me", { headers: instructor })).status, 200);
    times.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await flood;
  assert.equal((await ask(board, "GET", "/student/bob/me", { headers: bob })).status, 200);
  assert.ok((statuses.get(429) ?? 0) > 1500, JSON.stringify([...statuses]));
  assert.ok(Math.max(...times) < 500, `the slowest: ${Math.max(...times)} ms`);
});

test("wrong links from one address are soon refused, and right ones still open", async () => {
  const codes = new Set<string | undefined>();
  for (let index = 0; index < 40; index++) codes.add((await session(`guess-${index}`)).code);
  assert.deepEqual([...codes], ["link-wrong", "too-many"]);
  assert.equal((await session("token-bob")).status, 200);
});

test("the text of a task is sent once it is started, and only then", async () => {
  const student = (await logIn(board, "token-bob")).Cookie ?? "";
  const snapshot = async () => {
    const answer = await fetch(`${board.address}/student/bob/events`, { headers: { Cookie: student } });
    const reader = answer.body?.getReader();
    const { value = new Uint8Array() } = (await reader?.read()) ?? {};
    await reader?.cancel();
    return new TextDecoder().decode(value);
  };
  labs.set("bob", "jobs", () => untouched("bob", "jobs"));
  await sleep(1100);
  assert.match(await snapshot(), /Title of jobs/);
  assert.doesNotMatch(await snapshot(), /Text of jobs/);
  labs.set("bob", "jobs", started);
  await sleep(1100);
  assert.match(await snapshot(), /Text of jobs/);
});
