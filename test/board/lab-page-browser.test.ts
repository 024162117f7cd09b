import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { boardFolder, fakeLabs, type RunningBoard, startBoard } from "../support/board.ts";
import { noChromium, useBrowser } from "../support/chromium.ts";
import { type LabSite, startSite } from "../support/lab-site.ts";

const nginx = `<!DOCTYPE html><html><head><title>Welcome to nginx!</title>
<style>h1 { color: rgb(1, 2, 3); }</style></head><body><h1>Welcome to nginx!</h1></body></html>`;
const evil = (board: number) => `<!DOCTYPE html><title>evil</title><p id="done">no</p><script>
const board = "http://" + location.hostname + ":${board}";
const tell = (work) => Promise.resolve().then(work).then((seen) => "got " + seen, (error) => error.name);
const posted = (path, mode) => tell(async () => {
  const body = JSON.stringify({ action: "raise" });
  const answer = await fetch(board + path, { method: "POST", mode, credentials: "include", body,
    ...(mode === "cors" && { headers: { "Content-Type": "application/json" } }) });
  return answer.type + answer.status;
});
(async () => {
  window.seen = {
    cookie: document.cookie,
    opener: String(window.opener),
    post: await posted("/student/alice/do", "cors"),
    simple: await posted("/student/alice/do", "no-cors"),
    read: await tell(async () => (await fetch(board + "/student/alice/me", { credentials: "include" })).text()),
    events: await new Promise((resolve) => {
      const source = new EventSource(board + "/student/alice/events", { withCredentials: true });
      source.onopen = () => resolve("open");
      source.onerror = () => resolve("refused");
    }),
    terminal: await new Promise((resolve) => {
      const socket = new WebSocket(board.replace("http", "ws") + "/student/alice/terminal?machine=cp");
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("refused");
    }),
    worker: await tell(() => navigator.serviceWorker.register("/worker.js")),
  };
  await new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.onload = resolve;
    frame.src = board + "/student/alice/";
    document.body.append(frame);
  });
  document.cookie = "labwright-${board}=evil; path=/student/alice/";
  document.cookie = "labwright-${board}=evil; path=/student/alice";
  document.getElementById("done").textContent = "done";
})();
</script>`;

describe("what a lab serves, in a real browser", { skip: noChromium }, () => {
  const browser = useBrowser();
  let place: Awaited<ReturnType<typeof boardFolder>>;
  let board: RunningBoard;
  let labs: ReturnType<typeof fakeLabs>;
  let site: LabSite;
  /** What alice has put there. */
  let files: Record<string, string | ((response: ServerResponse) => void)> = {};

  beforeEach(async () => {
    site = await startSite(({ url = "" }, response) => {
      const file = files[url];
      if (typeof file === "function") return file(response);
      const type = url.endsWith(".css") ? "text/css" : url.endsWith(".js") ? "text/javascript" : "text/html";
      response.writeHead(file === undefined ? 404 : 200, { "Content-Type": type }).end(file);
    });
    place = await boardFolder();
    labs = fakeLabs(["alice", "bob"]);
    labs.sites.set("alice:30080", site.port);
    board = await startBoard(labs, place);
  });
  afterEach(async () => {
    await board.stop();
    await site.stop();
    await place.remove();
    assert.deepEqual(board.errors, []);
  });

  async function open(token: string): Promise<Page> {
    const page = await browser.page();
    await page.goto(`${board.address}/#token-${token}`);
    return page;
  }

  /** Follows the link on a board's page, which opens another tab. */
  async function follow(page: Page, port = 30_080): Promise<Page> {
    const [opened] = await Promise.all([
      page.context().waitForEvent("page"),
      page.getByRole("link", { name: `Open the page (port ${port})` }).click(),
    ]);
    opened.setDefaultTimeout(10_000);
    await opened.waitForLoadState();
    return opened;
  }

  test("the welcome page of nginx opens from the student's page, at the root of another port", async () => {
    files = { "/": nginx };
    const page = await follow(await open("alice"));
    assert.equal(page.url(), `${board.pages.address}/`);
    await page.getByRole("heading", { name: "Welcome to nginx!" }).waitFor();
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('h1')).color"), "rgb(1, 2, 3)");
    assert.deepEqual(
      site.asked.filter(({ url }) => url === "/").map(({ headers }) => headers.referer),
      [undefined],
    );
  });

  test("a site of several files with absolute links works: styles, scripts, a form, a login by cookie", async () => {
    files = {
      "/": `<link rel="stylesheet" href="/a/style.css"><script src="/a/main.js"></script><h1>Shop</h1>
        <form method="post" action="/login"><button>Log in</button></form>`,
      "/a/style.css": "h1 { color: rgb(4, 5, 6); }",
      "/a/main.js":
        "document.title = 'from a script'; fetch('/data').then((r) => r.text()).then((t) => document.body.append(t));",
      "/data": "some data",
      "/login": (response) =>
        void response
          .writeHead(303, { "Set-Cookie": "who=alice; Path=/; HttpOnly", Location: "/home" })
          .end(),
      "/home": "<p>You are in.</p>",
    };
    const page = await follow(await open("alice"));
    await page.getByText("some data").waitFor();
    assert.equal(await page.title(), "from a script");
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('h1')).color"), "rgb(4, 5, 6)");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("You are in.").waitFor();
    assert.equal(page.url(), `${board.pages.address}/home`);
    assert.equal(site.asked.at(-1)?.headers.cookie, "who=alice");
  });

  test("a page that is out to rule the board gets nothing: no post, terminal, frame, cookie or word", async () => {
    files = { "/": evil(board.port), "/worker.js": "1" };
    const student = await open("alice");
    const refused = new Set<string>();
    student.context().on("requestfailed", (request) => {
      refused.add(`${request.method()} ${new URL(request.url()).pathname} ${request.failure()?.errorText}`);
    });
    const page = await follow(student);
    await page.getByText("done").waitFor();
    assert.deepEqual(
      [...refused],
      [
        "POST /student/alice/do net::ERR_FAILED",
        "POST /student/alice/do net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin",
        "GET /student/alice/me net::ERR_FAILED",
        "GET /student/alice/events net::ERR_FAILED",
        "GET /student/alice/ net::ERR_BLOCKED_BY_RESPONSE",
      ],
    );
    assert.deepEqual(await page.evaluate("window.seen"), {
      ...{ cookie: "", opener: "null", post: "TypeError", simple: "TypeError", read: "TypeError" },
      ...{ events: "refused", terminal: "refused", worker: "TypeError" },
    });
    const [, frame] = page.frames();
    assert.equal(frame?.url(), "chrome-error://chromewebdata/", "the board is not framed");
    assert.ok(!site.asked.some(({ url }) => url === "/worker.js"));
    assert.ok(site.asked.every(({ headers }) => !/labwright/.test(headers.cookie ?? "")));
    assert.deepEqual([labs.done, labs.shells.length], [[], 0]);
    // Cookies of that name from a page's script do not shadow the board's: she is still in, and her hand is down.
    await student.reload();
    await student.getByRole("button", { name: "Raise your hand" }).click();
    await student.getByRole("button", { name: "Lower your hand" }).waitFor();
  });

  test("the instructor sees the page with its styles, and runs none of its scripts", async () => {
    files = {
      "/": `<link rel="stylesheet" href="/a.css"><h1>Shop</h1><script>document.title = "ran"</script>`,
      "/a.css": "h1 { color: rgb(7, 8, 9); }",
    };
    const instructor = await open("instructor");
    await instructor.getByRole("button", { name: "alice" }).click();
    const page = await follow(instructor);
    await page.getByRole("heading", { name: "Shop" }).waitFor();
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('h1')).color"), "rgb(7, 8, 9)");
    assert.equal(await page.title(), "");
    files = { "/": evil(board.port) };
    await page.reload();
    assert.equal(await page.locator("#done").innerText(), "no");
  });

  test("another NodePort is chosen by its number, and nothing else is", async () => {
    files = { "/": "<p>another port</p>" };
    labs.sites.set("alice:31234", site.port);
    const student = await open("alice");
    await student.getByLabel("NodePort").fill("31234");
    const page = await follow(student, 31_234);
    await page.getByText("another port").waitFor();
    await student.getByLabel("NodePort").fill("22");
    await student.getByText("A NodePort is a number from 30000 to 32767.").waitFor();
    assert.equal(await student.getByRole("link", { name: /Open the page/ }).count(), 0);
    await student.getByLabel("NodePort").fill("31235");
    const closed = await follow(student, 31_235);
    await closed.getByText("Make a <Service>.").waitFor();
  });

  test("another student has another page, and a browser without one is told where to begin", async () => {
    files = { "/": "<p>alice's page</p>" };
    const hers = await follow(await open("alice"));
    await hers.getByText("alice's page").waitFor();
    const bob = await follow(await open("bob"));
    await bob.getByText("Nothing at port 30080.").waitFor();
    const nobody = await browser.page();
    await nobody.goto(board.pages.address);
    await nobody.getByText("This page is opened from the board.").waitFor();
  });

  test("in alice's browser, bob's lab is not opened: the script in her tab could read it", async (t) => {
    files = { "/": "<p>alice's page</p>" };
    const bobs = await startSite((_, response) => response.end("bob's secret"));
    t.after(() => bobs.stop());
    labs.sites.set("bob:30080", bobs.port);
    const student = await open("alice");
    const hers = await follow(student);
    await hers.getByText("alice's page").waitFor();
    await student.goto("about:blank");
    await student.goto(`${board.address}/#token-bob`);
    const refused = await follow(student);
    await refused.getByText("This browser has opened lab pages as alice.").waitFor();
    assert.match(await hers.evaluate("fetch('/').then((answer) => answer.text())"), /alice's page/);
    const own = await follow(await open("bob"));
    await own.getByText("bob's secret").waitFor();
  });

  test("labs without nodes have no link", async () => {
    await board.stop();
    labs.nodePort = undefined;
    board = await startBoard(labs, place);
    const student = await open("alice");
    await student.getByRole("heading", { name: "Exercises" }).waitFor();
    assert.equal(await student.getByLabel("NodePort").count(), 0);
  });
});
