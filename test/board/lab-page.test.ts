import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, test } from "node:test";
import { LabPageSessions } from "../../src/board/lab-page-sessions.ts";
import { ask, boardFolder, fakeLabs, logIn, type RunningBoard, startBoard } from "../support/board.ts";
import { askForPage, type LabSite, openPage, startRawSite, startSite } from "../support/lab-site.ts";

const labs = fakeLabs(["alice", "bob"]);
const mine = "/student/alice/open?port=30080";
let board: RunningBoard;
let place: Awaited<ReturnType<typeof boardFolder>>;
let site: LabSite;
let alice: Record<string, string>;
let instructor: Record<string, string>;
let page: Record<string, string>;
before(async () => {
  place = await boardFolder();
  board = await startBoard(labs, place);
  site = await startSite((request, response) => {
    response.writeHead(request.url === "/nothing" ? 404 : 200, { "Content-Type": "text/plain" });
    response.end(`${request.method} ${request.url} of alice`);
  });
  labs.sites.set("alice:30080", site.port);
  alice = await logIn(board, "token-alice");
  instructor = await logIn(board, "token-instructor");
});
beforeEach(async () => {
  page = await openPage(board, mine, alice);
});
after(async () => {
  await board.stop();
  await site.stop();
  await place.remove();
  assert.deepEqual(board.errors, []);
});

const see = (path = "/", headers = page, method = "GET", body?: string) =>
  ask(board.pages, method, path, { headers, ...(body !== undefined && { body }) });

/** A port of alice's lab that answers as a test says, as she sees it. */
async function served(
  answer: Parameters<typeof startSite>[0],
  look: (page: Record<string, string>, site: LabSite) => Promise<void>,
  { path = "/student/alice/open?port=30090", headers = alice } = {},
): Promise<void> {
  const other = await startSite(answer);
  labs.sites.set("alice:30090", other.port);
  try {
    await look(await openPage(board, path, headers), other);
  } finally {
    await other.stop();
  }
}

test("the board's link leads to another port of the same name, with a ticket that works once", async () => {
  for (const name of ["127.0.0.1", "localhost"]) {
    const led = await askForPage(board, mine, { ...alice, Host: `${name}:${board.port}` });
    const location = String(led.headers.location);
    assert.equal(led.status, 303);
    assert.match(location, new RegExp(`^http://${name}:${board.pages.port}/\\.labwright/[\\w-]{27}$`));
    assert.notEqual(board.pages.port, board.port);
    const { pathname } = new URL(location);
    const entered = await ask(board.pages, "GET", pathname);
    assert.deepEqual([entered.status, entered.headers.location], [303, "/"]);
    assert.match(
      String(entered.headers["set-cookie"]),
      new RegExp(
        `^labwright-page-${board.pages.port}=[\\w-]{27}/autumn/student/alice; Path=/; HttpOnly; SameSite=Strict$`,
      ),
    );
    const again = await ask(board.pages, "GET", pathname);
    assert.deepEqual(
      [again.status, again.code, again.headers["set-cookie"]],
      [401, "ticket-used", undefined],
    );
  }
});

test("a ticket is refused if another page than the board's leads to it", async () => {
  for (const site of ["cross-site", "same-origin", "none"]) {
    const { location } = (await askForPage(board, mine, alice)).headers;
    const { pathname } = new URL(String(location));
    const answer = await ask(board.pages, "GET", pathname, { headers: { "sec-fetch-site": site } });
    assert.deepEqual([answer.code, answer.headers["set-cookie"]], ["ticket-used", undefined], site);
  }
});

test("a browser that has opened pages as one person opens none as another, whose labs old tabs could read", async () => {
  const bob = await logIn(board, "token-bob");
  const hers = "/instructor/open?student=alice&port=30080";
  const instructors = await openPage(board, hers, instructor);
  for (const [path, headers, has, as] of [
    ["/student/bob/open?port=30080", bob, page, "alice"],
    [hers, instructor, page, "alice"],
    [mine, alice, instructors, "instructor"],
  ] as const) {
    const { location } = (await askForPage(board, path, headers)).headers;
    const { pathname } = new URL(String(location));
    const answer = await ask(board.pages, "GET", pathname, { headers: { ...has, Accept: "text/html" } });
    assert.deepEqual([answer.status, answer.headers["set-cookie"]], [403, undefined], path);
    assert.match(answer.text, new RegExp(`opened lab pages as ${as}\\.</strong>.*a private window`));
    assert.notEqual((await see("/", has)).code, "no-session", "the old page goes on");
  }
  const again = await openPage(board, "/student/alice/open?port=31000", alice, page);
  assert.equal((await see("/", again)).code, "node-port-closed", "another port of the same person opens");
  const others = await openPage(board, "/instructor/open?student=bob&port=30080", instructor, instructors);
  assert.equal((await see("/", others)).code, "node-port-closed", "the instructor goes on to another lab");
});

test("a page is another person's also after its session has ended, and in another class", () => {
  let now = 0;
  const of = (student: string) => ({ who: { student }, student, port: 30_080 });
  const sessions = new LabPageSessions("autumn", () => now);
  const enter = (student: string, cookie: string | undefined, all = sessions) =>
    all.enter(all.ticket(of(student)), cookie, 8081);
  const cookie = `labwright-page-8081=${enter("alice", undefined)}`;
  now = 13 * 3_600_000;
  assert.throws(() => sessions.pageOf(cookie, 8081), { code: "no-session" });
  assert.throws(() => enter("bob", cookie), { code: "page-of-another" });
  assert.throws(() => enter("alice", cookie, new LabPageSessions("winter")), { code: "page-of-another" });
  for (const all of [sessions, new LabPageSessions("autumn")]) {
    const value = enter("alice", cookie, all);
    assert.equal(all.pageOf(`labwright-page-8081=${value}`, 8081).student, "alice");
  }
  assert.ok(enter("bob", cookie.replace("8081", "8082")), "another board's cookie says nothing of this one");
});

test("a student gets a ticket for the own lab and a NodePort only, the instructor for every student's", async () => {
  for (const [headers, path, status, code] of [
    [{}, mine, 401, "no-session"],
    [alice, "/student/bob/open?port=30080", 403, "not-yours"],
    [alice, "/instructor/open?student=alice&port=30080", 403, "not-yours"],
    [alice, "/student/alice/open?port=29999", 400, "not-a-node-port"],
    [alice, "/student/alice/open?port=32768", 400, "not-a-node-port"],
    [alice, "/student/alice/open?port=22", 400, "not-a-node-port"],
    [alice, "/student/alice/open?port=30080.5", 400, "not-a-node-port"],
    [alice, "/student/alice/open", 400, "not-a-node-port"],
    [instructor, "/instructor/open?student=eve&port=30080", 400, "wrong-request"],
    [instructor, "/instructor/open?port=30080", 400, "wrong-request"],
    [{ ...alice, "sec-fetch-site": "same-site" }, mine, 403, "wrong-origin"],
    [{ ...alice, "sec-fetch-site": "same-site" }, "/student/alice/me", 403, "wrong-origin"],
    [{ ...alice, "sec-fetch-site": "same-origin" }, mine, 303, undefined],
    [alice, "/student/alice/open?port=32767", 303, undefined],
    [instructor, "/instructor/open?student=alice&port=30080", 303, undefined],
  ] as const) {
    const answer = await askForPage(board, path, headers);
    assert.deepEqual([answer.status, answer.code], [status, code], path);
  }
  const bob = await openPage(board, "/student/bob/open?port=30080", await logIn(board, "token-bob"));
  assert.equal((await see("/", bob)).code, "node-port-closed", "bob does not get alice's page");
  const hers = await openPage(board, "/instructor/open?student=alice&port=30080", instructor);
  assert.equal((await see("/", hers)).text, "GET / of alice");
});

test("only its own session opens the second port, and that session opens nothing of the board", async () => {
  for (const headers of [
    {},
    alice,
    instructor,
    { Cookie: `labwright-page-${board.pages.port}=${alice.Cookie?.split("=")[1]}` },
    { Cookie: `labwright-page-${board.pages.port}=` },
    { Cookie: page.Cookie?.replace(String(board.pages.port), "1") ?? "" },
  ]) {
    const answer = await see("/", headers);
    assert.deepEqual([answer.status, answer.code], [401, "no-session"], JSON.stringify(headers));
  }
  const { Cookie = "" } = page;
  const asBoard = { Cookie: Cookie.replace(/^labwright-page-\d+/, `labwright-${board.port}`) };
  assert.equal((await ask(board, "GET", "/student/alice/me", { headers: asBoard })).code, "no-session");
});

test("what is sent and answered arrives: methods, paths, bodies, codes; at the root, so that absolute links work", async () => {
  assert.equal((await see("/style.css?v=1")).text, "GET /style.css?v=1 of alice");
  assert.equal((await see("//other.example/x")).text, "GET //other.example/x of alice");
  assert.equal((await see("/nothing")).status, 404);
  assert.equal((await see("/form", page, "PUT", "a=1")).text, "PUT /form of alice");
  assert.equal(site.asked.at(-1)?.body, "a=1");
  const head = await see("/", page, "HEAD");
  assert.deepEqual([head.status, head.text], [200, ""]);
  const long = "x".repeat(3_000_000);
  await see("/", { ...page, "Transfer-Encoding": "chunked" }, "DELETE", long);
  assert.equal(site.asked.at(-1)?.body, long);
});

test("a lab does not see the cookies of the board and of the host's other services, and keeps its own", async () => {
  const set = ["a=1; Path=/x; Domain=127.0.0.1; HttpOnly", "b=2=2; SameSite=Lax"];
  const evil = [
    `labwright-${board.port}=evil; Path=/student/alice`,
    `=labwright-${board.port}=evil`,
    "nothing",
  ];
  await served(
    (_, response) => response.setHeader("Set-Cookie", [...set, ...evil]).end(),
    async (page, other) => {
      const cookies = [
        page.Cookie,
        alice.Cookie,
        "jupyter=secret",
        "lab.bob.30090.a=2",
        "lab.alice.30080.a=3",
      ];
      const { headers } = await see("/", { Cookie: [...cookies, "lab.alice.30090.a=1", "x"].join("; ") });
      assert.deepEqual(other.asked[0]?.headers.cookie, "a=1");
      assert.deepEqual(headers["set-cookie"], [
        "lab.alice.30090.a=1; Path=/x; HttpOnly",
        "lab.alice.30090.b=2=2; SameSite=Lax",
        `lab.alice.30090.labwright-${board.port}=evil; Path=/student/alice`,
      ]);
    },
  );
});

test("whoever sees many labs sends no cookie and login to them, takes none, and runs no script of them", async () => {
  await served(
    (_, response) => response.writeHead(401, { "Set-Cookie": "a=1", "WWW-Authenticate": "Basic" }).end(),
    async (hers, other) => {
      const { headers } = await see("/", {
        ...{ Cookie: `${hers.Cookie}; lab.alice.30090.a=1`, Authorization: "Basic eDp5" },
      });
      assert.deepEqual([headers["set-cookie"], headers["www-authenticate"]], [undefined, undefined]);
      const { cookie, authorization } = other.asked[0]?.headers ?? {};
      assert.deepEqual([cookie, authorization], [undefined, undefined]);
      assert.match(
        String(headers["content-security-policy"]),
        /sandbox allow-forms allow-popups allow-same-origin$/,
      );
    },
    { path: "/instructor/open?student=alice&port=30090", headers: instructor },
  );
  await served(
    (_, response) => response.writeHead(401, { "WWW-Authenticate": "Basic" }).end(),
    async (own, other) => {
      const { headers } = await see("/", { ...own, Authorization: "Basic eDp5" });
      assert.equal(headers["www-authenticate"], "Basic");
      assert.equal(other.asked[0]?.headers.authorization, "Basic eDp5");
      assert.equal(headers["content-security-policy"], "frame-ancestors 'self'");
    },
  );
});

test("headers that act beyond one page or one connection are dropped, others pass", async () => {
  await served(
    (_, response) => {
      response.writeHead(200, {
        ...{ "clear-site-data": '"cookies"', "Strict-Transport-Security": "max-age=9", "Alt-Svc": 'h2=":1"' },
        ...{ NEL: "{}", "Report-To": "{}", "Cache-Control": "max-age=9999", ETag: '"1"', Expires: "1" },
        ...{ Connection: "X-Hop, close", "X-Hop": "1", "X-Own": ["1", "2"], "Content-Type": "text/x" },
        "Content-Security-Policy": "img-src 'none'",
      });
      response.end("x");
    },
    async (page, other) => {
      const { headers } = await see("/", {
        ...page,
        Connection: "X-Hop",
        "X-Hop": "1",
        "X-Own": "3",
        TE: "x",
      });
      const { date: _, "transfer-encoding": __, "keep-alive": ___, ...rest } = headers;
      assert.deepEqual(rest, {
        ...{ "cache-control": "no-store", connection: "keep-alive", "content-type": "text/x" },
        ...{ "content-security-policy": "img-src 'none', frame-ancestors 'self'", "x-own": "1, 2" },
      });
      const asked = other.asked[0]?.headers ?? {};
      assert.deepEqual([asked["x-hop"], asked.te, asked["x-own"]], [undefined, undefined, "3"]);
      assert.equal(asked.connection, "close");
      assert.equal(asked.host, `127.0.0.1:${board.pages.port}`);
    },
  );
});

test("a redirect to the name that the lab was asked under stays on the page, others are as they are", async () => {
  for (const [given, expected] of [
    ["http://127.0.0.1/docs/?a#b", "/docs/?a#b"],
    ["https://127.0.0.1:1/instructor/", "/instructor/"],
    ["http://example.org/x", "http://example.org/x"],
    ["docs/", "docs/"],
  ])
    await served(
      (_, response) => response.writeHead(301, { Location: given }).end(),
      async (page) => assert.equal((await see("/", page)).headers.location, expected),
    );
});

test("a service worker is refused: it would answer for the pages of other labs", async () => {
  const before = site.asked.length;
  const answer = await see("/worker.js", { ...page, "Service-Worker": "script" });
  assert.deepEqual([answer.status, answer.code], [400, "wrong-request"]);
  assert.equal(site.asked.length, before);
});

test("other names than the service's own are refused", async () => {
  const { port } = board.pages;
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1:${board.port}`]) {
    const answer = await see("/", { ...page, Host: host });
    assert.deepEqual([answer.status, answer.code], [421, "wrong-host"], host);
  }
});

test("a browser is shown a small page, with the words as text, and a script gets JSON", async () => {
  const bare = await openPage(board, "/student/alice/open?port=31000", alice);
  const { status, headers, text } = await see("/", { ...bare, Accept: "text/html,*/*" });
  assert.deepEqual([status, headers["content-type"]], [502, "text/html; charset=utf-8"]);
  assert.match(text, /<strong>Nothing at port 31000\.<\/strong><\/p><p>Make a &lt;Service&gt;\.<\/p>/);
  assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
  assert.equal((await see("/", bare)).code, "node-port-closed");
  const noLink = await askForPage(board, mine, { Accept: "text/html" });
  assert.match(noLink.text, /<strong>This page needs your link\.<\/strong>/);
});

/** What a raw request is answered with, until the connection ends. */
async function raw(lines: readonly string[], body = ""): Promise<string> {
  const socket = connect(board.pages.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
  return text(socket);
}
const host = () => `Host: 127.0.0.1:${board.pages.port}`;

test("raw requests for other computers, tunnels, other protocols and doubtful lengths reach nothing", async () => {
  const before = site.asked.length;
  const own = [host(), `Cookie: ${page.Cookie}`, "Connection: close"];
  assert.match(
    await raw(["GET http://192.0.2.1/ HTTP/1.1", ...own]),
    /^HTTP\/1.1 400 [\s\S]*"wrong-request"/,
  );
  assert.equal(await raw(["CONNECT 192.0.2.1:22 HTTP/1.1", ...own]), "");
  const lengths = ["Content-Length: 3", "Transfer-Encoding: chunked"];
  assert.match(await raw(["POST / HTTP/1.1", ...own, ...lengths], "0\r\n\r\n"), /^HTTP\/1.1 400/);
  assert.match(await raw(["GET / HTTP/1.1", ...own, `X: ${"x".repeat(20_000)}`]), /^HTTP\/1.1 431/);
  assert.equal(site.asked.length, before);
  const upgrade = ["GET / HTTP/1.1", host(), `Cookie: ${page.Cookie}`, "Connection: Upgrade, close"];
  assert.match(await raw([...upgrade, "Upgrade: websocket"]), /^HTTP\/1.1 200/);
  assert.equal(
    site.asked.at(-1)?.headers.upgrade,
    undefined,
    "a WebSocket is an ordinary request to the lab",
  );
});

test("too many bytes are refused, said before or found out later", async () => {
  const before = site.asked.length;
  const own = ["POST / HTTP/1.1", host(), `Cookie: ${page.Cookie}`];
  const said = await raw([...own, `Content-Length: ${17 * 1024 * 1024}`]);
  assert.match(said, /^HTTP\/1.1 413 [\s\S]*"too-large"/);
  const chunk = `100000\r\n${"x".repeat(1024 * 1024)}\r\n`;
  const found = await raw([...own, "Transfer-Encoding: chunked"], `${chunk.repeat(17)}0\r\n\r\n`);
  assert.match(found, /^HTTP\/1.1 413 [\s\S]*"too-large"/);
  assert.equal(site.asked.length, before);
});

test("a lab that does not speak HTTP, changes the protocol, or ends too early is named or cut off", async () => {
  for (const [said = "", expected] of [
    ["SSH-2.0-OpenSSH_9.6\r\n", "502 not-http"],
    ["", "502 not-http"],
    ["HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", "502 not-http"],
    ["HTTP/1.1 200 OK\r\nX: \u0001\r\n\r\n", "502 not-http"],
    ["HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", "502 not-http"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "cut"],
  ]) {
    const other = await startRawSite((socket) => socket.end(said));
    labs.sites.set("alice:30091", other.port);
    const odd = await openPage(board, "/student/alice/open?port=30091", alice);
    const seen = await see("/", odd).then(
      ({ status, code }) => `${status} ${code}`,
      () => "cut",
    );
    assert.equal(seen, expected, said);
    await other.stop();
  }
});

test("one person's many requests are refused, and another person's are served", async () => {
  const held: (() => void)[] = [];
  await served(
    (_, response) => held.push(() => response.end("late")),
    async (own) => {
      const answers: string[] = [];
      const asking = Array.from({ length: 30 }, async () => {
        const { text, code } = await see("/", own);
        answers.push(code ?? text);
      });
      while (held.length < 24 || answers.length < 6) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.deepEqual(answers, Array(6).fill("too-many"));
      const hers = await openPage(board, "/instructor/open?student=alice&port=30080", instructor);
      assert.equal((await see("/", hers)).status, 200);
      for (const end of held) end();
      await Promise.all(asking);
      assert.deepEqual(answers.slice(6), Array(24).fill("late"));
      assert.equal((await see("/nothing", page)).status, 404, "there is room again");
    },
  );
});

test("tickets live for seconds, sessions for a day, and each person has thirty at most", () => {
  let now = 0;
  const sessions = new LabPageSessions("autumn", () => now);
  const of = (student: string) => ({ who: { student }, student, port: 30_080 });
  const cookie = (session: string) => `labwright-page-8081=${session}`;
  const late = sessions.ticket(of("alice"));
  const [first = "", ...others] = Array.from({ length: 31 }, () => {
    const ticket = sessions.ticket(of("alice"));
    return sessions.enter(ticket, undefined, 8081);
  });
  const bob = sessions.enter(sessions.ticket(of("bob")), undefined, 8081);
  assert.throws(() => sessions.pageOf(cookie(first), 8081), { code: "no-session" });
  for (const one of others) assert.equal(sessions.pageOf(cookie(one), 8081).student, "alice");
  assert.equal(sessions.pageOf(`${cookie("evil")}; ${cookie(bob)}`, 8081).student, "bob");
  assert.throws(() => sessions.pageOf(cookie(bob), 8082), { code: "no-session" });
  now = 31_000;
  assert.throws(() => sessions.enter(late, undefined, 8081), { code: "ticket-used" });
  now = 12 * 3_600_000 + 1;
  assert.throws(() => sessions.pageOf(cookie(bob), 8081), { code: "no-session" });
});
