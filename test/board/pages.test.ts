import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { markdownNodes } from "../../src/ui/markdown-nodes.ts";
import { started, task } from "../support/board.ts";
import { assertNoViolations, button, isFocused, reach, useBoardPages } from "../support/board-pages.ts";
import { noChromium } from "../support/chromium.ts";

const text = `# A ticket

Make a **network**. See [the manual](https://example.org/manual), or [this](javascript:alert(1)).

<img src=x onerror="document.title='hacked'"><script>document.title = "hacked"</script>

\`\`\`
docker network create
\`\`\`
`;

describe("the pages in a real browser", { skip: noChromium }, () => {
  const pages = useBoardPages(["alice", "bob", "late"], () => [
    task("jobs", {
      ...{ timeLimit: 3600, text: markdownNodes(text) },
      solution: markdownNodes("# The way\n\nCreate the network.\n\n```sh\ndocker network create\n```\n"),
    }),
    task("probes"),
  ]);
  const { open } = pages;

  test("a link logs in, and leaves no token in the address, the history or the page's storage", async () => {
    const page = await open("alice");
    await page.getByRole("heading", { name: "autumn: alice" }).waitFor();
    assert.equal(page.url(), `${pages.board.address}/student/alice/`);
    assert.deepEqual(await page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]"), [
      ...["", 0, 0],
    ]);
    await page.reload();
    await page.getByRole("heading", { name: "autumn: alice" }).waitFor();
    for (const [token, words] of [
      ["nobody", /opens no page of this class/],
      ["late", /has expired/],
    ] as const) {
      const other = await open(token);
      assert.match(await other.getByRole("alert").innerText(), words);
    }
    const bare = await open("alice");
    await bare.getByRole("heading", { name: "autumn: alice" }).waitFor();
    // Why the page is refused is the first that is said, however late it is known.
    await bare.route("**/me", async (route) => {
      await delay(500);
      await route.continue();
    });
    await bare.goto(`${pages.board.address}/student/bob/`);
    assert.match(await bare.getByRole("alert").innerText(), /needs your link/);
  });

  test("a task is started and checked, and the instructor's page shows it within 2 s", async () => {
    pages.labs.seen = ["the network is missing"];
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    await instructor.getByRole("row", { name: /alice/ }).getByText("not started").first().waitFor();
    await button(student, "Start").click();
    await student.getByRole("heading", { name: "A ticket" }).waitFor();
    await student.getByText(/^59 min left|^1 h 0 min left/).waitFor();
    await button(student, "Check").click();
    await instructor.getByRole("row", { name: /alice/ }).getByText("0 of 1 right").waitFor({ timeout: 2000 });
    await student.getByText("the network is missing").waitFor({ timeout: 2000 });
    await button(student, "Hint (2 left)").click();
    await student.getByText("Look at it.").waitFor();
    pages.labs.seen = [];
    await button(student, "Check").click();
    await instructor.getByRole("row", { name: /alice/ }).getByText("passed").waitFor({ timeout: 2000 });
    assert.equal(await instructor.getByRole("row", { name: /bob/ }).getByText("passed").count(), 0);
  });

  test("the solution is there after a pass, closed, and on the instructor's page from the beginning", async () => {
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    await button(instructor, "alice").click();
    await instructor.locator("details.solution summary").first().click();
    await instructor.getByText("Create the network.").waitFor();
    await button(student, "Start").click();
    pages.labs.seen = ["the network is missing"];
    await button(student, "Check").click();
    await student.getByText("the network is missing").waitFor();
    assert.equal(await student.locator("details.solution").count(), 0);
    pages.labs.seen = [];
    await button(student, "Check").click();
    await student.locator("details.solution summary").click();
    await student.getByText("Create the network.").waitFor();
    assert.doesNotMatch(await student.title(), /hacked/);
  });

  test("what a command in another terminal does is seen within 2 s", async () => {
    const page = await open("instructor");
    await page.getByRole("row", { name: /bob/ }).waitFor();
    pages.labs.set("bob", "probes", started);
    await page.getByRole("row", { name: /bob/ }).getByText("working").waitFor({ timeout: 2000 });
  });

  test("a hand is raised, a message comes, and both end", async () => {
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    await button(student, "⚑ Raise your hand").click();
    await button(instructor, "⚑ alice").click();
    await instructor.getByLabel("Message to the student").fill("<i>Read</i> the second line.");
    await button(instructor, "Send").click();
    await student.getByText("<i>Read</i> the second line.").waitFor();
    await button(instructor, "⚑ Answer the raised hand").click();
    await student.getByText("Your instructor has seen your raised hand.").waitFor();
    await button(student, "⚑ Raise your hand").waitFor();
    await button(student, "Close").click();
    await student.getByText("has seen").waitFor({ state: "detached" });
  });

  test("a student agrees that commands are kept, and takes that back", async () => {
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    const agreement = student.getByLabel("My instructor may keep the commands that I type.");
    assert.equal(await agreement.isChecked(), false);
    await button(instructor, "alice").click();
    await agreement.check();
    const seen = instructor.getByText("alice agrees that exports keep the typed commands.");
    await seen.waitFor();
    await student.reload();
    assert.equal(await agreement.isChecked(), true);
    await agreement.uncheck();
    await seen.waitFor({ state: "detached" });
  });

  test("the instructor sees what a background check has seen, and the student that it is passed", async () => {
    pages.labs.set("alice", "jobs", started);
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    await button(student, "Check").waitFor();
    const glance = { at: new Date().toISOString(), right: 2, goals: 7 };
    pages.labs.set("alice", "jobs", (work) => ({
      ...work,
      ...(work.state && { state: { ...work.state, background: { last: glance, best: glance } } }),
    }));
    const row = instructor.getByRole("row", { name: /alice/ });
    await row.getByText(/^background check at .*: 2 of 7 right$/).waitFor();
    await row.getByText("working").waitFor();
    await button(instructor, "alice").click();
    await instructor
      .locator(".detail")
      .getByText(/background check at .*: 2 of 7 right/)
      .waitFor();
    assert.equal(await student.getByText(/background|of 7/).count(), 0);
    pages.labs.set("alice", "jobs", ({ grade, ...work }) => ({
      ...work,
      grade: { ...grade, state: "passed", points: 10, at: glance.at, background: true },
    }));
    await student.getByText(/^A background check at .* saw that this is passed\.$/).waitFor();
    await student.locator("article .mark.passed").waitFor();
    await row.getByText("passed").waitFor();
    assert.equal(await row.getByText("of 7").count(), 0);
  });

  test("the instructor sees by time what has happened, and the student does not", async () => {
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    await button(instructor, "alice").click();
    await instructor.getByText("Nothing has happened yet.").waitFor();
    const attempt = { passed: false, right: 1, goals: 3, points: 0, of: 10, hints: 0, seconds: 60 };
    const evil = `<img src=x onerror="document.title='hacked'">`;
    pages.labs.set("alice", "jobs", (work) => ({
      ...started(work),
      history: [
        { what: "started", at: "2026-11-30T10:00:00.000Z" },
        { what: "check", at: "2026-11-30T10:02:00.000Z", ...attempt },
        { what: "hint", at: "2026-11-30T10:03:00.000Z", hint: 1 },
      ],
    }));
    const timeline = instructor.getByRole("list", { name: "Timeline" });
    await timeline.getByText("hint 1 taken").waitFor();
    await instructor.getByLabel("Message to the student").fill(evil);
    await button(instructor, "Send").click();
    await student.locator("p.message").getByText(evil).waitFor();
    await button(student, "Close").click();
    await timeline.getByText("message:").waitFor();
    const entries = await timeline.getByRole("listitem").allInnerTexts();
    assert.deepEqual(
      entries.map((entry) => entry.replace(/^.*?\d:\d\d:\d\d( [AP]M)? /, "")),
      [`message: ${evil}`, "jobs hint 1 taken", "jobs check: 1 of 3 right", "jobs started"],
    );
    assert.equal(await timeline.locator("time").last().getAttribute("datetime"), "2026-11-30T10:00:00.000Z");
    assert.equal(await student.getByText(/Timeline|hint 1 taken/).count(), 0);
  });

  test("a reset says what will be lost, and asks", async () => {
    pages.labs.set("alice", "jobs", started);
    const page = await open("instructor");
    await button(page, "alice").click();
    assert.match(
      await page.locator(".detail").innerText(),
      /labwright exercise check --name autumn-alice jobs/,
    );
    await button(page, "Reset …").click();
    assert.match(await page.getByRole("dialog").innerText(), /lost[\s\S]*started: jobs[\s\S]*Points.*stay/);
    await button(page, "Cancel").click();
    assert.deepEqual(pages.labs.done, []);
    await button(page, "Reset …").click();
    await button(page, "Reset").click();
    await page.getByText("reset: done").waitFor();
    assert.deepEqual(pages.labs.done, ["reset alice"]);
  });

  test("more time for a student: the button shows the command, and both pages the new end", async () => {
    pages.labs.set("alice", "jobs", started);
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    await student.getByText(/^59 min left|^1 h 0 min left/).waitFor();
    await button(instructor, "alice").click();
    const minutes = instructor.getByLabel("Extend by");
    assert.equal(await minutes.count(), 1, "an exercise that is not started, or has no end, has no button");
    await minutes.fill("601");
    await button(instructor, "Extend").click();
    assert.equal(await minutes.evaluate((one) => one.matches(":invalid")), true);
    await minutes.fill("15");
    await instructor.getByText("labwright class extend alice jobs --by 15").waitFor();
    await minutes.press("Enter");
    await instructor.getByText("extend jobs by 15 min: done").waitFor();
    await student.getByText(/^1 h 1[45] min left/).waitFor();
    for (const page of [student, instructor]) await page.getByText("· 15 min more").waitFor();
    assert.deepEqual(pages.labs.done, ["extend alice jobs 15"]);
  });

  test("nothing that an author, a machine or a student writes runs in a page", async () => {
    const evil = `<img src=x onerror="document.title='hacked'"></pre><script>document.title='hacked'</script>`;
    pages.labs.seen = [evil];
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    await button(student, "Start").click();
    await button(student, "Check").click();
    await button(instructor, "alice").click();
    await student.getByText(evil).waitFor();
    await instructor.getByText(evil).waitFor();
    const link = student.getByRole("link", { name: "the manual" });
    assert.equal(await link.getAttribute("href"), "https://example.org/manual");
    assert.equal(await student.getByRole("link", { name: "this" }).count(), 0);
    await student.getByRole("tab", { name: "cp" }).click();
    await student.getByText("Connected.").waitFor();
    pages.labs.shells[0]?.stream.push(
      `${evil}\u001b]0;hacked\u0007\u001b]8;;javascript:alert(1)\u0007link\u001b]8;;\u0007\r\n`,
    );
    await student.locator(".xterm-rows").getByText("onerror").waitFor();
    for (const page of [student, instructor]) {
      assert.equal(await page.title(), "labwright");
      assert.equal(await page.locator("img, iframe, #page script, a[href^='javascript']").count(), 0);
    }
  });

  test("a terminal shows the machine, follows the size, and ends with the page", async () => {
    const page = await open("alice");
    await page.getByRole("tab", { name: "cp" }).click();
    await page.getByText("Connected.").waitFor();
    await page.keyboard.type("echo hello\r");
    await page.locator(".xterm-rows").getByText("hello").waitFor();
    assert.equal(pages.labs.shells[0]?.typed, "echo hello\r");
    pages.labs.shells[0]?.stream.push("\r\nGrüße\r\n");
    await page.locator(".xterm-rows").getByText("Grüße").waitFor();
    await page.keyboard.type("exit\r");
    await page.getByText("The shell has ended with 0.").waitFor();
    await button(page, "Open again").click();
    await page.getByText("Connected.").waitFor();
    assert.equal(pages.labs.shells.length, 2);
    await page.close();
    while (!pages.labs.shells[1]?.isClosed) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test("a long text that is pasted arrives whole", async () => {
    const page = await open("alice");
    await page.getByRole("tab", { name: "cp" }).click();
    await page.getByText("Connected.").waitFor();
    await page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "x".repeat(200000));
      const target = document.querySelector(".xterm-helper-textarea");
      target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }`);
    const deadline = Date.now() + 5000;
    while ((pages.labs.shells[0]?.typed.length ?? 0) < 200_000 && Date.now() < deadline)
      await page.waitForTimeout(50);
    assert.equal(pages.labs.shells[0]?.typed.length, 200_000);
    assert.equal(pages.labs.shells.length, 1);
  });

  test("a board that is killed and started again loses nothing, and terminals connect again", async () => {
    const [student, instructor] = await Promise.all([open("alice"), open("instructor")]);
    await student.getByRole("tab", { name: "cp" }).click();
    await student.getByText("Connected.").waitFor();
    // A request that is cut off is told too.
    const raised = student.waitForResponse("**/do");
    await button(student, "⚑ Raise your hand").click();
    await (await raised).finished();
    await button(instructor, "⚑ alice").waitFor();
    await pages.board.stop();
    await student.getByText("The board does not answer.").waitFor();
    await student.getByText("The connection is lost.").waitFor();
    await pages.startAgain();
    await student.getByText("The board does not answer.").waitFor({ state: "detached" });
    await student.getByText("Connected.").waitFor();
    await button(instructor, "⚑ alice").waitFor();
    await student.locator(".xterm-helper-textarea").pressSequentially("again\r");
    await student.locator(".xterm-rows").getByText("again").waitFor();
    assert.equal(pages.labs.shells.length, 2);
  });

  test("all is done by keyboard alone", async () => {
    const page = await open("alice");
    await button(page, "Start").waitFor();
    await reach(page, page.getByText("Start", { exact: true }));
    await page.keyboard.press("Enter");
    await button(page, "Check").waitFor();
    await page.locator("h1").click();
    await reach(page, page.getByText("Check", { exact: true }));
    await page.keyboard.press("Enter");
    await page.getByText("Passed.").waitFor();
    await reach(page, page.getByText("cp", { exact: true }));
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByText("Connected.").waitFor();
    await page.keyboard.type("x");
    await page.locator(".xterm-rows").getByText("x").first().waitFor();
    await page.keyboard.press("Control+Shift+Escape");
    assert.equal(await isFocused(page.getByRole("tab", { name: "w" })), true);
  });

  for (const colorScheme of ["light", "dark"] as const)
    test(`axe finds nothing on both pages: ${colorScheme}`, async () => {
      pages.labs.seen = ["no network"];
      pages.labs.set("bob", "jobs", started);
      pages.labs.set("alice", "probes", (work) => ({
        ...work,
        history: Array.from({ length: 30 }, () => ({ what: "reset", at: new Date().toISOString() })),
      }));
      const [student, instructor] = await Promise.all([
        open("alice", { colorScheme, bypassCSP: true }),
        open("instructor", { colorScheme, bypassCSP: true }),
      ]);
      await button(student, "Start").click();
      await button(student, "Check").click();
      await student.getByText("no network").waitFor();
      await button(student, "⚑ Raise your hand").click();
      await student.getByRole("tab", { name: "cp" }).click();
      await student.getByText("Connected.").waitFor();
      await button(instructor, "alice").click();
      await instructor.getByText("no network").waitFor();
      for (const page of [student, instructor]) await assertNoViolations(page);
      await button(instructor, "Reset …").click();
      await assertNoViolations(instructor);
    });

  test("on a phone, 375 pixels wide, no page scrolls sideways", async () => {
    const viewport = { width: 375, height: 700 };
    pages.labs.seen = [`a long word: ${"x".repeat(300)}`];
    const [student, instructor] = await Promise.all([
      open("alice", { viewport }),
      open("instructor", { viewport }),
    ]);
    await button(student, "Start").click();
    await button(student, "Check").click();
    await student.getByRole("tab", { name: "cp" }).click();
    await student.getByText("Connected.").waitFor();
    await button(instructor, "alice").click();
    await instructor.getByText("a long word").waitFor();
    for (const page of [student, instructor])
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 375);
  });
});
