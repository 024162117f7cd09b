import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectTcp } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { keepCertificate } from "../../src/board/certificate.ts";
import { isLoopback, isOwnHost, namesOf } from "../../src/board/hosts.ts";
import { ask, boardFolder, fakeLabs, logIn, startBoard, started } from "../support/board.ts";

let place: Awaited<ReturnType<typeof boardFolder>>;
before(async () => {
  place = await boardFolder();
});
after(() => place.remove());

test("a port that is taken, and an address that this computer does not have, are named with what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const address = other.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    await assert.rejects(startBoard(fakeLabs(["alice"]), { ...place, port }), {
      code: "port-taken",
      message: `could not listen on 127.0.0.1:${port}: another program uses the port`,
      remedy: /`--port`.*`ss -ltnp sport = :/,
    });
    await assert.rejects(startBoard(fakeLabs(["alice"]), { ...place, pagePort: port }), {
      code: "port-taken",
      remedy: /^Name another port with `--page-port`/,
    });
  } finally {
    other.close();
  }
  await assert.rejects(startBoard(fakeLabs(["alice"]), { ...place, listen: "192.0.2.77" }), {
    code: "address-absent",
    exit: 2,
  });
});

test("a second board of the class is refused, and the first one is named", async () => {
  const board = await startBoard(fakeLabs(["alice"]), place);
  try {
    await assert.rejects(startBoard(fakeLabs(["alice"]), place), {
      code: "board-running",
      message: new RegExp(`^the board of the class autumn is in use: .* \\(process ${process.pid} `),
    });
  } finally {
    await board.stop();
  }
  await (await startBoard(fakeLabs(["alice"]), place)).stop();
});

test("sessions, hands and messages survive the board", async () => {
  const first = await startBoard(fakeLabs(["alice"]), place);
  const [alice, instructor] = [await logIn(first, "token-alice"), await logIn(first, "token-instructor")];
  await ask(first, "POST", "/student/alice/do", { headers: alice, body: { action: "raise" } });
  const message = { action: "message", student: "alice", text: "Well done" };
  await ask(first, "POST", "/instructor/do", { headers: instructor, body: message });
  await first.stop();
  // A cookie is for one port: another class may have another one.
  const second = await startBoard(fakeLabs(["alice"]), { ...place, port: first.port });
  try {
    const answer = await fetch(`${second.address}/student/alice/events`, { headers: alice });
    const { value = new Uint8Array() } = (await answer.body?.getReader().read()) ?? {};
    assert.match(
      new TextDecoder().decode(value),
      /^retry: 1000\nevent: snapshot\n.*"hand":"20.*"text":"Well done"/,
    );
  } finally {
    await second.stop();
  }
});

async function certificateAt(port: number): Promise<X509Certificate | undefined> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  return certificate;
}

test("beyond this computer it speaks TLS, with its own certificate, which stays the same", async () => {
  const fingerprint = async (): Promise<string> => {
    const board = await startBoard(fakeLabs(["alice"]), { ...place, listen: "0.0.0.0" });
    try {
      assert.match(board.address, /^https:/);
      assert.match(board.pages.address, /^https:/);
      const seen = await Promise.all([board, board.pages].map(({ port }) => certificateAt(port)));
      assert.equal(seen[0]?.checkHost("localhost"), "localhost");
      assert.equal(seen[1]?.fingerprint256, seen[0]?.fingerprint256, "what labs serve has the same one");
      return seen[0]?.fingerprint256 ?? "";
    } finally {
      await board.stop();
    }
  };
  const first = await fingerprint();
  assert.match(first, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.equal(await fingerprint(), first);
});

test("a certificate is made again for another name, and before it ends", async () => {
  const folder = `${place.folder}/certificates`;
  const now = new Date();
  const made = await keepCertificate(folder, ["localhost", "127.0.0.1"], now);
  assert.equal((await keepCertificate(folder, ["127.0.0.1"], now)).fingerprint, made.fingerprint);
  const other = await keepCertificate(folder, ["desk.example", "::1"], now);
  assert.notEqual(other.fingerprint, made.fingerprint);
  assert.equal(new X509Certificate(other.cert).checkIP("::1"), "::1");
  const late = new Date(now.getTime() + 89.5 * 86_400_000);
  assert.notEqual((await keepCertificate(folder, ["desk.example"], late)).fingerprint, other.fingerprint);
});

test("only names of this computer are its own", () => {
  assert.ok(["127.0.0.1", "127.0.0.2", "localhost", "::1"].every(isLoopback));
  assert.ok(!["0.0.0.0", "::", "10.0.0.1", "127.example"].some(isLoopback));
  assert.ok(isOwnHost("[::1]:8080", namesOf("::1"), 8080));
  assert.ok(isOwnHost("LOCALHOST:8080", namesOf("127.0.0.1"), 8080));
  assert.ok(!isOwnHost("localhost.evil.example:8080", namesOf("127.0.0.1"), 8080));
  assert.ok(!isOwnHost(undefined, namesOf("127.0.0.1"), 8080));
});

test("thirty students at work: changes come within a second, in a tenth of a processor", {
  timeout: 60_000,
}, async () => {
  const students = Array.from({ length: 30 }, (_, index) => `s${index + 1}`);
  const labs = fakeLabs(students);
  const board = await startBoard(labs, place);
  const stop = new AbortController();
  try {
    const headers = await logIn(board, "token-instructor");
    const heard = new Map<string, number>();
    const answer = await fetch(`${board.address}/instructor/events`, { headers, signal: stop.signal });
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const part of answer.body ?? [])
        for (const [, student = ""] of decoder
          .decode(part)
          .matchAll(/event: student\ndata: \{"student":"(s\d+)"/g))
          heard.set(student, performance.now());
    })().catch(() => {});
    await sleep(700);
    const [cpu, begun] = [process.cpuUsage(), performance.now()];
    const late: number[] = [];
    for (let round = 0; round < 5; round++) {
      const at = performance.now();
      for (const student of students.slice(round * 6, round * 6 + 6)) labs.set(student, "jobs", started);
      await sleep(1000);
      for (const student of students.slice(round * 6, round * 6 + 6))
        late.push((heard.get(student) ?? Number.POSITIVE_INFINITY) - at);
    }
    const { user, system } = process.cpuUsage(cpu);
    const share = (user + system) / 1000 / (performance.now() - begun);
    assert.ok(Math.max(...late) < 1000, `the latest: ${Math.max(...late)} ms`);
    assert.ok(share < 0.1, `${(share * 100).toFixed(1)} % of a processor`);
    stop.abort();
    await reading;
  } finally {
    stop.abort();
    await board.stop();
  }
});

test("a student whose work cannot be read is reported once, and the others' pages go on", async () => {
  const labs = fakeLabs(["alice", "bob"]);
  const work = labs.work;
  labs.work = (student) => (student === "bob" ? Promise.reject(new Error("no JSON")) : work(student));
  const board = await startBoard(labs, place);
  try {
    await sleep(1600);
    assert.deepEqual(
      board.errors.map((error) => error instanceof Error && error.message),
      ["the work of bob cannot be read"],
    );
    assert.equal((await logIn(board, "token-alice")).Cookie?.startsWith("labwright-"), true);
  } finally {
    await board.stop();
  }
});

test("a running board checks in the background what is started, as often as the class says, and the student hears of none", {
  timeout: 20_000,
}, async () => {
  const labs = fakeLabs(["alice", "bob"]);
  labs.checkEvery = 1;
  labs.checkInBackground = async (student, exercise) => {
    const glance = { at: new Date().toISOString(), right: 1, goals: 7 };
    labs.done.push(`background ${student} ${exercise}`);
    labs.set(student, exercise, ({ state, ...work }) => ({
      ...work,
      ...(state && { state: { ...state, background: { last: glance, best: glance } } }),
    }));
  };
  labs.set("alice", "jobs", started);
  const board = await startBoard(labs, place);
  try {
    const hears = async (token: string, path: string) => {
      const answer = await fetch(`${board.address}${path}/events`, { headers: await logIn(board, token) });
      return answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    };
    const [student, instructor] = await Promise.all([
      hears("token-alice", "/student/alice"),
      hears("token-instructor", "/instructor"),
    ]);
    let heard = "";
    while (!heard.includes('"goals":7')) heard += (await instructor?.read())?.value ?? "";
    assert.deepEqual([...new Set(labs.done)], ["background alice jobs"]);
    // A message is heard after what came before it.
    const headers = await logIn(board, "token-instructor");
    const body = { action: "message", student: "alice", text: "Go on" };
    await ask(board, "POST", "/instructor/do", { headers, body });
    let own = "";
    while (!own.includes("Go on")) own += (await student?.read())?.value ?? "";
    assert.doesNotMatch(own, /"goals":7|background|timeline/);
    assert.deepEqual(board.errors, []);
  } finally {
    await board.stop();
  }
});

test("a board of a class without background checks makes none", async () => {
  const labs = fakeLabs(["alice"]);
  labs.set("alice", "jobs", started);
  const board = await startBoard(labs, place);
  await sleep(1500);
  await board.stop();
  assert.deepEqual(labs.done, []);
});

test("a refused connection that its sender keeps open is closed", async () => {
  const board = await startBoard(fakeLabs(["alice"]), place);
  const socket = connectTcp({ port: board.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  const lines = ["GET /student/alice/terminal HTTP/1.1", `Host: 127.0.0.1:${board.port}`];
  socket.write([...lines, "Connection: Upgrade", "Upgrade: websocket", "", ""].join("\r\n"));
  await once(socket, "data");
  await sleep(100);
  // Whoever writes to a connection that the other side has closed learns of it with the second write.
  for (let writes = 0; writes < 2; writes++) {
    socket.write("x");
    await sleep(100);
  }
  const { destroyed } = socket;
  socket.destroy();
  await board.stop();
  assert.equal(destroyed, true);
});
